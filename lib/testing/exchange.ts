import type { Readable } from 'node:stream';

export type ResponseHeaders = Record<string, string | string[] | undefined>;

/** What both versions of HTTP come down to for the client. */
export interface Exchange {
  readonly status: number;
  readonly headers: ResponseHeaders;
  readonly body: Readable;
  /** Whether the server ended the body properly; asked once it has closed. */
  complete(): boolean;
  /** Leaves without a word, as a closed tab does. */
  destroy(): void;
  /** Resolves once the connection is closed. */
  readonly closed: Promise<void>;
}

export interface ExchangeRequest {
  readonly url: URL;
  readonly method: string;
  readonly headers: Record<string, string>;
  readonly body: string | undefined;
  readonly rejectUnauthorized: boolean;
}

/** An exchange on its way: it can be given up before the head is there. */
export interface PendingExchange {
  readonly head: Promise<Exchange>;
  abandon(reason: Error): void;
}
