import { Controller, Get, Req, Res } from '@nestjs/common';
import { chunkOf, HEAD } from './event.mjs';
import { host } from './host.mjs';
import { decorateMethod, nestApp, nestVersions } from './nest.mjs';
import { Rooms } from './rooms.mjs';

/** A Nest route that takes its response, holds it, and writes as the floor. */
export function nestBare(platform) {
  host({
    title: `bare Nest route, ${platform === 'express' ? 'Express' : 'Fastify'}`,
    on: 'takes its response and holds it; pre-chunked buffers to the socket',
    versions: () => nestVersions(platform),
    async start({ shape, history }) {
      const rooms = new Rooms(shape);
      if (history) rooms.keepHistory();

      class Streams {
        stream(request, response) {
          if (platform === 'fastify') response.hijack();
          const res = platform === 'fastify' ? response.raw : response;
          res.writeHead(200, HEAD);
          res.flushHeaders();
          const { socket } = res;
          res.once('close', rooms.join(request.url, socket));
          for (const { bytes } of rooms.missed(request)) socket.write(bytes);
        }
      }
      decorateMethod(Streams, 'stream', [Get('sse')], [Req(), Res()]);
      Controller()(Streams);

      const { port } = await nestApp(platform, { controllers: [Streams] });
      return {
        port,
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
}
