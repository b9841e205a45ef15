import http from 'node:http';
import { Channel, Connection } from 'sse-channels';
import { dataOf, EVENT_NAME } from '../harness/event.mjs';
import { host } from '../harness/host.mjs';
import { listen } from '../harness/listen.mjs';
import { channelsOf } from '../harness/plan.mjs';
import { queryOf } from '../harness/rooms.mjs';
import { versionOf } from '../harness/versions.mjs';

host({
  title: 'sse-channels',
  on: 'bare node:http; ping and timeout as in its manual, its own history; it has no filter',
  versions: () => ({
    'sse-channels': versionOf('sse-channels', import.meta.url),
  }),
  async start({ shape }) {
    const channels = new Map();
    const channel = (name) => {
      if (!channels.has(name)) {
        // One more than is replayed: its cursor must still stand in it.
        channels.set(name, new Channel({ historySize: 501 }));
      }
      return channels.get(name);
    };
    const server = http.createServer((req, res) => {
      const connection = new Connection(req, res, {
        ping: true,
        timeout: 12 * 60 * 60 * 1000,
      });
      // By its own listeners a connection leaves when the request closes.
      res.once('close', () => connection.cleanup());
      for (const name of channelsOf(shape, queryOf(req.url).set)) {
        channel(name).add(connection);
      }
    });
    return {
      port: await listen(server),
      count: () => channel('common').count(),
      publish(name, seq) {
        channel(name).send({
          id: String(seq),
          event: EVENT_NAME,
          data: JSON.stringify(dataOf(seq)),
        });
      },
    };
  },
});
