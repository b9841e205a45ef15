import { Controller, Req, Sse } from '@nestjs/common';
import { concat, filter, from, Subject, finalize, defer, merge } from 'rxjs';
import { dataOf, EVENT_NAME } from './event.mjs';
import { host } from './host.mjs';
import { decorateMethod, nestApp, nestVersions } from './nest.mjs';
import { channelsOf } from './plan.mjs';
import { queryOf } from './rooms.mjs';

/** Nest's own `@Sse()`: a Subject a channel, as its manual has it. */
export function nestSse(platform) {
  host({
    title: `Nest @Sse, ${platform === 'express' ? 'Express' : 'Fastify'}`,
    on: 'a Subject for each channel; filter by rxjs; it keeps no history: replay by hand, as an Observable before the live one',
    versions: () => nestVersions(platform),
    async start({ shape, history }) {
      const subjects = new Map();
      const subject = (name) => {
        if (!subjects.has(name)) subjects.set(name, new Subject());
        return subjects.get(name);
      };
      const kept = history ? [] : undefined;
      const message = (seq) => ({
        id: String(seq),
        type: EVENT_NAME,
        data: dataOf(seq),
      });
      let open = 0;

      class Streams {
        stream(request) {
          const { set, group } = queryOf(request.url);
          const names = channelsOf(shape, set);
          let live =
            names.length === 1
              ? subject(names[0])
              : merge(...names.map((name) => subject(name)));
          if (shape === 'filtered') {
            live = live.pipe(filter((event) => event.group === group));
          }
          const cursor = request.headers['last-event-id'];
          const index = kept?.findIndex(({ id }) => id === cursor) ?? -1;
          const events =
            index === -1 ? live : concat(from(kept.slice(index + 1)), live);
          return defer(() => {
            open++;
            return events;
          }).pipe(finalize(() => open--));
        }
      }
      decorateMethod(Streams, 'stream', [Sse('sse')], [Req()]);
      Controller()(Streams);

      const { port } = await nestApp(platform, { controllers: [Streams] });
      return {
        port,
        count: () => open,
        publish(name, seq, group) {
          const event = message(seq);
          if (group !== undefined) event.group = group;
          kept?.push(event);
          subject(name).next(event);
        },
      };
    },
  });
}
