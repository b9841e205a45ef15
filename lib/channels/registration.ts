import { when } from '../backends/maybe-promise.js';
import type { SseConnection } from '../sessions/connection.js';
import type { Engine } from '../sessions/engine.js';
import { gapFrame } from '../sessions/gap-frame.js';
import type { Membership } from '../sessions/membership.js';
import { locateCursor } from '../sessions/resume.js';

/** Options of `channel.register`. */
export interface RegisterOptions {
  /**
   * The id after which the channel's events are due: that of an event, or the
   * `Last-Event-ID` a client brought. What is fetched so from before the
   * stream's own start carries no id: cut in between, it is asked for again.
   */
  readonly after?: string | undefined;
}

/** Binds a session, or one connection of it, as `register` was asked to. */
export function settleRegistration(
  engine: Engine,
  membership: Membership,
  connection: SseConnection | undefined,
  { after }: RegisterOptions,
): void {
  const { follower } = engine;
  const now = follower.head.seq;
  const bind = (from: number, byCursor: boolean, isBackfill: boolean): void => {
    if (connection === undefined) {
      membership.bind(from, isBackfill);
    } else {
      membership.link(connection, from, byCursor, isBackfill);
    }
  };
  if (after === undefined) {
    // A connection built alone resumes what it is put on before it starts.
    bind(now, connection?.delivery.isOpen === false, false);
    return;
  }
  const { feed } = membership.owner;
  void when(locateCursor(follower, [feed.name], after), (place) => {
    if (typeof place === 'number') {
      bind(place, false, place < now);
      return;
    }
    bind(now, false, false);
    const gap = gapFrame({
      channels: [{ channel: feed.name, reason: place, missed: null }],
    });
    const targets = connection ?? membership.session;
    targets.write(gap);
  });
}
