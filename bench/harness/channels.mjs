import { readFileSync } from 'node:fs';
import { Controller } from '@nestjs/common';
import { dataOf, EVENT_NAME } from './event.mjs';
import { host } from './host.mjs';
import { decorateMethod, nestApp, nestVersions } from './nest.mjs';
import { channelsOf } from './plan.mjs';
import { queryOf } from './rooms.mjs';

const entry = new URL('../../dist/index.js', import.meta.url);

/** This package as it comes: every default on, history of 500 included. */
export function channels(platform) {
  host({
    title: `this package, ${platform === 'express' ? 'Express' : 'Fastify'}`,
    on: 'its defaults: history of 500, ids, resume, heartbeat 15 s, slow-client bounds; filter by `where` on the session data',
    versions: () => ({
      'nestjs-sse-channels': JSON.parse(
        readFileSync(new URL('../../package.json', import.meta.url), 'utf8'),
      ).version,
      ...nestVersions(platform),
    }),
    async start({ shape }) {
      const { ChannelRegistry, SseChannel, SseChannelsModule } = await import(
        entry
      );
      class Streams {
        stream() {}
      }
      const names =
        shape === 'sets'
          ? (request) => channelsOf(shape, queryOf(request.url).set)
          : 'common';
      decorateMethod(Streams, 'stream', [SseChannel(names, { path: 'sse' })]);
      Controller()(Streams);

      const { app, port } = await nestApp(platform, {
        imports: [
          SseChannelsModule.forRoot(
            shape === 'filtered'
              ? {
                  identify: (request) => ({
                    data: { group: queryOf(request.url).group },
                  }),
                }
              : {},
          ),
        ],
        controllers: [Streams],
      });
      const registry = app.get(ChannelRegistry);
      const open = new Map();
      const channel = (name) => {
        if (!open.has(name)) open.set(name, registry.getOrCreate(name));
        return open.get(name);
      };
      return {
        port,
        count: () => channel('common').sessionCount,
        publish(name, seq, group) {
          void channel(name).broadcast(
            EVENT_NAME,
            dataOf(seq),
            group === undefined ? undefined : { where: { group } },
          );
        },
      };
    },
  });
}
