import { createServer, type Server } from 'node:http';
import { connect, type AddressInfo, type Socket } from 'node:net';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { afterEach, describe, expect, it } from '@jest/globals';
import { createChannels, type Channels } from 'nestjs-sse-channels/core';
import { openStream } from 'nestjs-sse-channels/testing';

const MIB = 1024 * 1024;
const EVENT_BYTES = 64 * 1024;
const EVENTS = (1024 * MIB) / EVENT_BYTES;
// Few enough at a time that a client which reads never falls out of history.
const BURST = 32;

setFlagsFromString('--expose-gc');
const collect = runInNewContext('gc') as () => void;

/** What the process holds, in MiB. */
function held(): number {
  collect();
  const { heapUsed, arrayBuffers } = process.memoryUsage();
  return (heapUsed + arrayBuffers) / MIB;
}

/** A client that counts the events it reads and keeps none of their bytes. */
class CountingClient {
  readonly socket: Socket;
  count = 0;
  #waiting:
    { readonly count: number; readonly resolve: () => void } | undefined;

  constructor(port: number) {
    this.socket = connect(port, '127.0.0.1');
    this.socket.write('GET / HTTP/1.1\r\nHost: localhost\r\n\r\n');
    let rest = '';
    this.socket.on('data', (bytes) => {
      // The mark may be cut by the end of a read.
      const text = rest + bytes.toString('latin1');
      this.count += text.split('event: load\n').length - 1;
      rest = text.slice(-11);
      if (rest.includes('event: load\n')) {
        rest = '';
      }
      if (this.#waiting !== undefined && this.count >= this.#waiting.count) {
        this.#waiting.resolve();
      }
    });
  }

  reached(count: number): Promise<void> {
    return new Promise((resolve) => {
      this.#waiting = { count, resolve };
      if (this.count >= count) {
        resolve();
      }
    });
  }
}

/** The whole numbers from one to before another. */
function sequence(from: number, to: number): number[] {
  return Array.from({ length: to - from }, (_, i) => from + i);
}

describe('a slow client', () => {
  let server: Server;
  let channels: Channels;

  afterEach(async () => {
    await channels.close();
    server.close();
  });

  it('costs a number: 1 GiB passes it by, the others get every event, and it is told what it missed', async () => {
    channels = createChannels({ writeTimeout: 0 });
    server = createServer((request, response) => {
      void channels.open(request, response, { channels: ['load'] });
    });
    await new Promise<void>((resolve) => server.listen(0, resolve));
    const { port } = server.address() as AddressInfo;
    const channel = channels.registry.getOrCreate('load');
    const slow = await openStream(`http://127.0.0.1:${port}/`);
    const fast = new CountingClient(port);
    await new Promise<void>((resolve) => {
      channel.on('session-registered', () => resolve());
    });
    slow.pause();

    const payload = 'x'.repeat(EVENT_BYTES - 16);
    const before = held();
    for (let sent = 0; sent < EVENTS; sent += BURST) {
      for (let i = 0; i < BURST; i += 1) {
        void channel.broadcast('load', `${sent + i} ${payload}`);
      }
      await fast.reached(sent + BURST);
    }
    const grown = held() - before;

    expect(fast.count).toBe(EVENTS);
    const history = channel.history.bytes / MIB;
    expect(grown).toBeLessThan(history + 64);

    slow.resume();
    const gap = await slow.next('channels:gap');
    // More than is remembered fell off: how many, nobody can say.
    expect(gap.json()).toEqual({
      channels: [{ channel: 'load', reason: 'slow', missed: null }],
    });
    await slow.until(({ data }) => data.startsWith(`${EVENTS - 1} `));
    const numbers = slow.events
      .filter(({ event }) => event === 'load')
      .map(({ data }) => Number.parseInt(data, 10));
    const first = slow.events.indexOf(gap);
    // From the start to the gap, and from what is held to the end: no holes.
    expect(numbers.slice(0, first)).toEqual(sequence(0, first));
    const heldFrom = numbers[first] ?? EVENTS;
    expect(numbers.slice(first)).toEqual(sequence(heldFrom, EVENTS));
    expect(EVENTS - heldFrom).toBeGreaterThan(
      (history * MIB * 0.9) / EVENT_BYTES,
    );
    fast.socket.destroy();
    await slow.close();
  }, 120_000);
});
