import http from 'node:http';
import { chunkOf, HEAD } from '../harness/event.mjs';
import { host } from '../harness/host.mjs';
import { listen } from '../harness/listen.mjs';
import { Rooms } from '../harness/rooms.mjs';

host({
  title: 'floor: one pre-chunked buffer to the socket',
  on: 'bare node:http; nothing but a set of sockets',
  versions: () => ({ node: process.version }),
  async start({ shape, history }) {
    const rooms = new Rooms(shape);
    if (history) rooms.keepHistory();
    const server = http.createServer((req, res) => {
      res.writeHead(200, HEAD);
      res.flushHeaders();
      const { socket } = res;
      res.once('close', rooms.join(req.url, socket));
      for (const { bytes } of rooms.missed(req)) socket.write(bytes);
    });
    return {
      port: await listen(server),
      count: () => rooms.size,
      publish(channel, seq, group) {
        const bytes = chunkOf(seq);
        rooms.history?.push({ seq, bytes });
        for (const socket of rooms.members(channel)) {
          if (group === undefined || socket.benchGroup === group) {
            socket.write(bytes);
          }
        }
      },
    };
  },
});
