/** What a class-level `@SseChannel` says: the controller's default channels. */
export const DEFAULT_CHANNELS = 'sse-channels:default-channels';

/** Marks a method that `@SseChannel` made a stream. */
export const STREAM_ROUTE = 'sse-channels:stream-route';

/** What `@OnChannel` says of a method. */
export const CHANNEL_LISTENERS = 'sse-channels:channel-listeners';

/** The property by which a controller holds the streams it opens. */
export const STREAMS_PROPERTY = Symbol('sse-channels:streams');

/** Injection token of the module's options. */
export const SSE_CHANNELS_OPTIONS = Symbol('sse-channels:options');

// Metadata of Nest and of @nestjs/swagger, by the names they store it under.
export const ROUTE_ARGUMENTS = '__routeArguments__';
export const PARAMETER_TYPES = 'design:paramtypes';
export const API_RESPONSE = 'swagger/apiResponse';
