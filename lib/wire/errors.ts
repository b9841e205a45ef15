/** What went wrong, stable across versions: branch on it, not on the text. */
export type SseChannelsErrorCode =
  // Setup
  | 'INVALID_OPTIONS'
  | 'PACKAGE_MISSING'
  | 'GUARD_REQUIRED'
  | 'BACKEND_LOCKED'
  | 'BACKEND_CORRUPT'
  | 'BACKEND_VERSION'
  // Channels
  | 'CHANNEL_EXISTS'
  | 'CHANNEL_OPTIONS_CONFLICT'
  | 'CHANNEL_NOT_FOUND'
  | 'CHANNEL_CLOSED'
  | 'INVALID_CHANNEL_NAME'
  // Events
  | 'INVALID_EVENT_NAME'
  | 'RESERVED_EVENT'
  | 'INVALID_EVENT_ID'
  | 'INVALID_RETRY'
  | 'UNSERIALIZABLE_DATA'
  | 'EVENT_TOO_LARGE'
  | 'FILTER_NOT_PORTABLE'
  // Sessions
  | 'SESSION_ENDED'
  | 'CONNECTION_CLOSED'
  // Access
  | 'TOKEN_INVALID'
  | 'TOKEN_EXPIRED'
  | 'TICKET_INVALID'
  | 'NOT_GRANTED'
  | 'UNKNOWN'
  | 'NOT_OWNER'
  | 'ORIGIN_REFUSED'
  // State
  | 'STATE_CONFLICT'
  | 'STATE_INVALID'
  // Backend
  | 'BACKEND_UNAVAILABLE'
  | 'BACKEND_TIMEOUT'
  | 'OFFLINE_QUEUE_FULL'
  // HTTP
  | 'NOT_ACCEPTABLE'
  | 'LIMIT_EXCEEDED'
  | 'DRAINING';

/** The one error of this package: a code, what happened, and what to do. */
export class SseChannelsError extends Error {
  override readonly name = 'SseChannelsError';

  /**
   * @param message what happened
   * @param remedy what to do about it; ends the message
   */
  constructor(
    readonly code: SseChannelsErrorCode,
    message: string,
    readonly remedy: string,
    options?: { cause?: unknown },
  ) {
    super(
      `${message.replace(/\.$/, '')}. ${remedy}`,
      // A cause of undefined would be an own property, and printed.
      options?.cause === undefined ? undefined : { cause: options.cause },
    );
  }
}
