/** What the options say about every connection; all defaults filled in. */
export interface EngineOptions {
  /** Milliseconds a socket may take nothing before it is closed; 0 for ever. */
  readonly writeTimeout: number;
  /** Bytes waiting in a socket above which its connection is behind. */
  readonly pendingLimit: number;
  /** Bytes that may wait beside the log before a connection ends as slow. */
  readonly maxPendingBytes: number;
  /** Most events replayed at an open; 0 for all that are held. */
  readonly maxReplay: number;
  /** Told of errors nobody waits for. */
  readonly onError: (error: unknown) => void;
}
