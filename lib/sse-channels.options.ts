import type { ChannelDefinition } from './channels/define-channel.js';
import type { ChannelOptions } from './channels/channel.options.js';
import type { ChannelsOptions } from './core/channels.options.js';

/** Options of the module. */
export type SseChannelsOptions = ChannelsOptions;

/** Makes the module's options; for `forRootAsync({ useClass })`. */
export interface SseChannelsOptionsFactory {
  createSseChannelsOptions(): SseChannelsOptions | Promise<SseChannelsOptions>;
}

/** A channel for `forFeature`: a definition, or its name with its options. */
export type ChannelFeature =
  | string
  | ChannelDefinition<object>
  | ({ readonly name: string } & ChannelOptions);
