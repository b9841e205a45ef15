import type { MaybePromise } from '../backends/backend.js';
import type { Follower } from '../backends/follower.js';
import { when } from '../backends/maybe-promise.js';
import { formatPosition } from '../log/position.js';
import { SseChannelsError } from '../wire/errors.js';
import type { AnyChannel } from './channel.js';

/** A channel's numbers, over the deployment. */
export interface ChannelStats {
  readonly sessions: number;
  readonly connections: number;
  /** Different user ids among the sessions. */
  readonly users: number;
  /** Events held for replay. */
  readonly events: number;
  /** What they take, approximately. */
  readonly bytes: number;
  /** The id of the channel's newest event; `undefined` before the first. */
  readonly head: string | undefined;
}

/** @throws SseChannelsError `CHANNEL_NOT_FOUND` */
export function channelStats(
  { backend, head }: Follower,
  name: string,
  channel: AnyChannel | undefined,
): MaybePromise<ChannelStats> {
  return when(backend.find(name), (record) => {
    if (record === undefined) {
      throw new SseChannelsError(
        'CHANNEL_NOT_FOUND',
        `There is no channel ${JSON.stringify(name)}`,
        'Look with registry.find(name) before.',
      );
    }
    const sessions = channel?.sessions ?? [];
    const users = new Set(
      sessions.map(({ userId }) => userId).filter((id) => id !== undefined),
    );
    return when(backend.status(name, 0), ({ last }) =>
      when(backend.usage(name), (usage) => ({
        sessions: sessions.length,
        connections: channel?.connectionCount ?? 0,
        users: users.size,
        ...usage,
        head: last === 0 ? undefined : formatPosition(head.epoch, last),
      })),
    );
  });
}
