import type { Agent } from 'node:http';

export interface OpenStreamOptions {
  /** Sent as they are; they win over what this client would set itself. */
  headers?: Record<string, string>;
  /** The cursor to resume from, sent as `Last-Event-ID` in UTF-8. */
  lastEventId?: string;
  /** Defaults to `GET`. */
  method?: 'GET' | 'POST';
  /** The request's body; its `Content-Type` is the caller's to name. */
  body?: string;
  /**
   * Milliseconds to wait for the head, and in each `next()`, `until()` and
   * `comment()`. Defaults to 10,000; 0 waits for ever.
   */
  timeout?: number;
  /** Aborting it refuses an opening and closes an open stream. */
  signal?: AbortSignal;
  /** HTTP/1.1 only. Without one the stream has a connection of its own. */
  agent?: Agent;
  /** Speak HTTP/2, without TLS on `http:` urls. Defaults to false. */
  http2?: boolean;
  /** Set to false to accept a self-signed certificate. Defaults to true. */
  rejectUnauthorized?: boolean;
}

export interface WaitOptions {
  /** Milliseconds, instead of the stream's own `timeout`; 0 waits for ever. */
  timeout?: number;
}
