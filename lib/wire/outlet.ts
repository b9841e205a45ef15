import type { IncomingMessage } from 'node:http';
import type { Http2ServerRequest } from 'node:http2';
import type { Frame } from './frame.js';

export { ResponseOutlet } from './response-outlet.js';

/**
 * `auto` writes straight to the socket where that is right; `response` always
 * goes through the response's own `write`.
 */
export type WriterMode = 'auto' | 'response';

/** Where the bytes of a connection go. */
export interface Outlet {
  readonly request: IncomingMessage | Http2ServerRequest;
  /** The response is gone (closed or destroyed), for whatever reason. */
  readonly closed: boolean;
  /** The head was written. */
  readonly opened: boolean;
  /**
   * Writes status 200 and the head. Headers and cookies that are set on the
   * response already are kept.
   */
  open(headers?: Readonly<Record<string, string>>): void;
  /**
   * Writes one frame as one write. Never throws; before `open`, after `end`
   * and after the close the bytes are dropped.
   *
   * @returns false: wait for the drain
   */
  write(frame: Frame): boolean;
  /** Bytes that the kernel has not taken yet. */
  readonly pending: number;
  /** A number that changes while the peer takes bytes. */
  readonly taken: number;
  /**
   * Calls back once, when more can be written after a write that returned
   * false. A listener replaces the one before it.
   */
  onDrain(listener: () => void): void;
  /** Calls back exactly once; on the next tick when already closed. */
  onClose(listener: () => void): void;
  /** Ends the response; once is enough. */
  end(): void;
  /** Destroys the socket (HTTP/1) or resets the stream (HTTP/2). */
  destroy(): void;
}
