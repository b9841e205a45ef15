import type { SseConnection } from '../sessions/connection.js';
import type { Engine } from '../sessions/engine.js';
import type { SseSession } from '../sessions/session.js';
import type { AnyChannel } from './channel.js';

/** What a channel asks of the registry it stands in. */
export interface ChannelHost {
  readonly engine: Engine;
  /** The session of a connection that was built alone. */
  sessionOf(connection: SseConnection): SseSession;
  /** The channel was empty for its time: it goes, on every instance. */
  expire(channel: AnyChannel): void;
  closed(channel: AnyChannel): void;
}
