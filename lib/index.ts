export * from './core/public.js';
export type { HandlerMessage } from './channels/handler-source.js';
export {
  getChannelToken,
  InjectChannel,
} from './routes/inject-channel.decorator.js';
export { OnChannel } from './routes/on-channel.decorator.js';
export {
  CurrentConnection,
  CurrentSession,
  LastEventId,
} from './routes/parameters.decorator.js';
export {
  SseChannel,
  type SseChannelDecorator,
  type SseEmission,
} from './routes/sse-channel.decorator.js';
export type {
  ChannelSelector,
  SseChannelOptions,
  SseChannelTarget,
} from './routes/sse-channel.options.js';
export {
  SseChannelsModule,
  type SseChannelsModuleExtras,
} from './sse-channels.module.js';
export type {
  ChannelFeature,
  SseChannelsOptions,
  SseChannelsOptionsFactory,
} from './sse-channels.options.js';
