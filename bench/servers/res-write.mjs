import http from 'node:http';
import { blockOf, HEAD } from '../harness/event.mjs';
import { host } from '../harness/host.mjs';
import { listen } from '../harness/listen.mjs';
import { Rooms } from '../harness/rooms.mjs';

host({
  title: 'one shared buffer through res.write',
  on: 'bare node:http; nothing but a set of responses',
  versions: () => ({ node: process.version }),
  async start({ shape, history }) {
    const rooms = new Rooms(shape);
    if (history) rooms.keepHistory();
    const server = http.createServer((req, res) => {
      res.writeHead(200, HEAD);
      res.flushHeaders();
      res.once('close', rooms.join(req.url, res));
      for (const { bytes } of rooms.missed(req)) res.write(bytes);
    });
    return {
      port: await listen(server),
      count: () => rooms.size,
      publish(channel, seq, group) {
        const bytes = Buffer.from(blockOf(seq));
        rooms.history?.push({ seq, bytes });
        for (const res of rooms.members(channel)) {
          if (group === undefined || res.benchGroup === group) res.write(bytes);
        }
      },
    };
  },
});
