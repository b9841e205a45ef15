/** One event as a browser's `EventSource` would have fired it. */
export interface StreamEvent {
  /** The event's name, `message` when the block named none. */
  readonly event: string;
  /** The data lines, joined by LF. */
  readonly data: string;
  /** The block's own `id` field; `undefined` when it had none. */
  readonly id: string | undefined;
  /** The cursor after this event: its own id, or the last one before it. */
  readonly lastEventId: string;
  /** The data, parsed. Throws a `SyntaxError` when it is not JSON. */
  json<T = unknown>(): T;
}

/** @internal */
export class ReceivedEvent implements StreamEvent {
  constructor(
    readonly event: string,
    readonly data: string,
    readonly id: string | undefined,
    readonly lastEventId: string,
  ) {}

  json<T = unknown>(): T {
    return JSON.parse(this.data) as T;
  }
}
