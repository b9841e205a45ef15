import {
  setImmediate as immediate,
  setTimeout as delay,
} from 'node:timers/promises';
import { stepOf } from './plan.mjs';

/**
 * The inside of a server process. A server gives `start({ shape, history })`,
 * which answers `{ port, publish(channel, seq, group), count() }`, and the
 * runner drives it over IPC.
 *
 * @param {{ title: string, on: string, versions: () => object, start: Function }} server
 */
export function host(server) {
  let running;
  let marked = process.cpuUsage();
  let shape = 'one';

  const commands = {
    async start(options) {
      shape = options.shape;
      running = await server.start(options);
      const { title, on, versions } = server;
      return { port: running.port, title, on, versions: versions() };
    },
    count: () => running.count(),
    mark() {
      marked = process.cpuUsage();
    },
    cpu: () => process.cpuUsage(marked),
    /** One event a macrotask: what a tick joins does not help. */
    async paced({ from, steps }) {
      for (let step = 0; step < steps; step++) {
        const { channel, group } = stepOf(shape, step);
        running.publish(channel, from + step, group);
        await immediate();
      }
    },
    /** All of them in one tick. */
    burst({ from, steps }) {
      for (let step = 0; step < steps; step++) {
        const { channel, group } = stepOf(shape, step);
        running.publish(channel, from + step, group);
      }
    },
    async memory() {
      // Several, with turns between: finalizers free more on the next round.
      for (let round = 0; round < 4; round++) {
        globalThis.gc();
        await delay(50);
      }
      const { rss, heapUsed, external } = process.memoryUsage();
      return { rss, heap: heapUsed + external };
    },
  };

  process.on('message', async ({ id, command, args }) => {
    try {
      process.send({ id, result: await commands[command](args) });
    } catch (error) {
      process.send({ id, error: String(error?.stack ?? error) });
    }
  });
  process.on('disconnect', () => process.exit(0));
}
