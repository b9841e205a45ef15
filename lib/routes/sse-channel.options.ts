import type { ChannelOptions } from '../channels/channel.options.js';
import type { ChannelName } from '../channels/define-channel.js';
import type { StreamOptions } from '../channels/stream-opener.js';
import type { SseConnectionOptions } from '../sessions/connection.options.js';

/** Chooses a stream's channels from its request (the framework's own). */
export type ChannelSelector = (
  request: never,
) =>
  | ChannelName<object>
  | readonly ChannelName<object>[]
  | Promise<ChannelName<object> | readonly ChannelName<object>[]>;

/**
 * The channels of a stream: one, several, none (`[]`), chosen per request, or
 * (`undefined`) the controller's default ones.
 */
export type SseChannelTarget =
  | ChannelName<object>
  | readonly ChannelName<object>[]
  | ChannelSelector
  | undefined;

/** Options of `@SseChannel` on a method. */
export interface SseChannelOptions extends StreamOptions {
  /** The route's path. Defaults to the channel's name. */
  readonly path?: string | readonly string[];
  /** Defaults to GET; a POST is answered with 200 too. */
  readonly method?: 'GET' | 'POST';
  /** Options of channels that this route makes. Defaults to none. */
  readonly channel?: ChannelOptions;
  /** Close the stream when the handler's source completes. Defaults to false. */
  readonly endOnComplete?: boolean;
  /**
   * `log`: the channels keep the client's cursor. `app`: the handler's own ids
   * do, and the channels' events go without. Defaults to `log`.
   */
  readonly cursor?: 'log' | 'app';
  /** For this route's connections: `ping`, `pingInterval`, `timeout`. */
  readonly connection?: SseConnectionOptions;
}
