// What both entries, with and without Nest, export.
export type { ChannelsLogger, ChannelsOptions } from './channels.options.js';
export type {
  AppendRequest,
  AppendResult,
  BackendSink,
  ChannelBackend,
  ChannelRecord,
  LogStatus,
  MaybePromise,
  RelayMessage,
} from '../backends/backend.js';
export {
  memoryBackend,
  type MemoryBackendOptions,
} from '../backends/memory/memory-backend.js';
export {
  Channel,
  type AnyChannel,
  type BroadcastArguments,
} from '../channels/channel.js';
export type { ChannelListeners } from '../channels/channel-listeners.js';
export { ChannelEvent } from '../channels/channel-event.js';
export {
  ChannelRegistry,
  type ChannelInfo,
  type ChannelRegistryListeners,
} from '../channels/channel-registry.js';
export type { ChannelStats } from '../channels/channel-stats.js';
export type {
  ChannelOptions,
  ChannelVisibility,
  HistoryOptions,
} from '../channels/channel.options.js';
export type {
  ChannelStream,
  ChannelStreamOptions,
} from '../channels/channel-stream.js';
export {
  defineChannel,
  type AnyEvents,
  type ChannelDefinition,
  type ChannelEvents,
  type ChannelName,
} from '../channels/define-channel.js';
export type {
  AudienceOptions,
  PublishOptions,
  SessionQuery,
  SessionSelector,
} from '../channels/publish.options.js';
export type { Published } from '../channels/published.js';
export type { RegisterOptions } from '../channels/registration.js';
export type { Identify, StreamOptions } from '../channels/stream-opener.js';
export type { ChannelGap, Gap, GapReason } from '../log/gap.js';
export type { Position } from '../log/position.js';
export { ChannelPublisher } from '../publishing/channel-publisher.js';
export type {
  PublishTarget,
  PublishTargetOptions,
} from '../publishing/publish-target.js';
export type { CloseReason } from '../sessions/close-reason.js';
export {
  SseConnection,
  type SseConnectionEvents,
  type SseRequest,
  type SseResponse,
} from '../sessions/connection.js';
export type { SseConnectionOptions } from '../sessions/connection.options.js';
export type { CursorMode } from '../sessions/delivery.js';
export type { DrainOptions } from '../sessions/drain.js';
export type { SseMessage } from '../sessions/message.js';
export {
  SseSession,
  type SessionIdentity,
  type SseSessionData,
} from '../sessions/session.js';
export { SessionRegistry } from '../sessions/session-registry.js';
export { SseChannelsError, type SseChannelsErrorCode } from '../wire/errors.js';
export type { WriterMode } from '../wire/outlet.js';
export type { Serializer } from '../wire/serialize.js';
