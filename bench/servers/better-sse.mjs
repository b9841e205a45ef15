import http from 'node:http';
import { createChannel, createSession } from 'better-sse';
import { dataOf, EVENT_NAME } from '../harness/event.mjs';
import { host } from '../harness/host.mjs';
import { listen } from '../harness/listen.mjs';
import { channelsOf } from '../harness/plan.mjs';
import { queryOf } from '../harness/rooms.mjs';
import { versionOf } from '../harness/versions.mjs';

host({
  title: 'better-sse',
  on: 'bare node:http; its defaults (retry 2 s, keep-alive 10 s); filter on the session state; it keeps no history: replay by hand, as one batch',
  versions: () => ({ 'better-sse': versionOf('better-sse', import.meta.url) }),
  async start({ shape, history }) {
    const channels = new Map();
    const channel = (name) => {
      if (!channels.has(name)) channels.set(name, createChannel());
      return channels.get(name);
    };
    const kept = history ? [] : undefined;
    const server = http.createServer(async (req, res) => {
      const { set, group } = queryOf(req.url);
      const session = await createSession(req, res, { state: { group } });
      const index =
        kept?.findIndex(({ seq }) => String(seq) === session.lastId) ?? -1;
      if (index !== -1) {
        await session.batch((buffer) => {
          for (const { seq } of kept.slice(index + 1)) {
            buffer.push(dataOf(seq), EVENT_NAME, String(seq));
          }
        });
      }
      for (const name of channelsOf(shape, set)) {
        channel(name).register(session);
      }
    });
    return {
      port: await listen(server),
      count: () => channel('common').sessionCount,
      publish(name, seq, group) {
        kept?.push({ seq });
        channel(name).broadcast(dataOf(seq), EVENT_NAME, {
          eventId: String(seq),
          ...(group !== undefined && {
            filter: (session) => session.state.group === group,
          }),
        });
      },
    };
  },
});
