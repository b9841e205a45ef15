import { Frame } from '../wire/frame.js';
import type { Audience } from './audience.js';
import { formatPosition } from './position.js';

/** What a publish asks the log to keep and carry. */
export interface EventDraft {
  readonly channel: string;
  /** `undefined` is a plain `message`. */
  readonly event: string | undefined;
  /** The serialized text; `undefined` writes no `data` (a comment, a retry). */
  readonly data: string | undefined;
  /** `data` is the text of a JSON value, not a string sent as it is. */
  readonly json: boolean;
  /** The caller's own id, in place of ours on the wire. */
  readonly id?: string | undefined;
  readonly retry?: number | undefined;
  readonly comment?: string | undefined;
  readonly audience?: Audience | undefined;
  /** Milliseconds the event may be replayed; 0 as long as it is held. */
  readonly ttl: number;
}

/** Where the log put a draft. */
export interface Placement {
  readonly epoch: string;
  /** 0 for a transient event, which has no position. */
  readonly seq: number;
  /** The channel's previous seq, 0 when it had none. */
  readonly prev: number;
  /** Milliseconds since 1970 on the store's clock. */
  readonly at: number;
  /** The channel keeps history, so the log can be asked for it again. */
  readonly stored: boolean;
}

// What an entry costs beside its text: objects, frame, bookkeeping.
const OVERHEAD = 256;

/** One event in the log. Its bytes are made once per process, when needed. */
export class LogEntry {
  readonly channel: string;
  readonly epoch: string;
  readonly seq: number;
  readonly prev: number;
  readonly at: number;
  readonly stored: boolean;
  readonly audience: Audience | undefined;
  /** Milliseconds since 1970, 0 for never. */
  readonly expiresAt: number;
  #draft: EventDraft | undefined;
  #frame: Frame | undefined;
  #bareFrame: Frame | undefined;

  constructor(draft: EventDraft, placement: Placement) {
    this.channel = draft.channel;
    this.epoch = placement.epoch;
    this.seq = placement.seq;
    this.prev = placement.prev;
    this.at = placement.at;
    this.stored = placement.stored;
    this.audience = draft.audience;
    this.expiresAt = draft.ttl > 0 ? placement.at + draft.ttl : 0;
    this.#draft = draft;
  }

  get event(): string | undefined {
    return this.#draft?.event;
  }

  get data(): string | undefined {
    return this.#draft?.data;
  }

  get json(): boolean {
    return this.#draft?.json ?? false;
  }

  get callerId(): string | undefined {
    return this.#draft?.id;
  }

  /** The SSE `id`; `undefined` for a transient event. */
  get id(): string | undefined {
    return this.seq === 0
      ? undefined
      : (this.#draft?.id ?? formatPosition(this.epoch, this.seq));
  }

  /** The bytes every receiver gets. */
  get frame(): Frame {
    return (this.#frame ??= this.#encode(this.id));
  }

  /** The same event without an id, for streams whose cursor it may not move. */
  get bareFrame(): Frame {
    if (this.seq === 0) {
      return this.frame;
    }
    return (this.#bareFrame ??= this.#encode(undefined));
  }

  /** What it takes in memory, roughly, in bytes. */
  get size(): number {
    const draft = this.#draft;
    return (
      OVERHEAD + (draft?.data?.length ?? 0) + (draft?.comment?.length ?? 0)
    );
  }

  /** Its own ttl has passed: an empty marker, which is no loss. */
  get isMarker(): boolean {
    return this.#draft === undefined;
  }

  isExpired(now: number): boolean {
    return this.expiresAt !== 0 && this.expiresAt <= now;
  }

  /** Lets go of the contents; the position stays as a marker. */
  empty(): void {
    this.#draft = undefined;
    this.#frame = undefined;
    this.#bareFrame = undefined;
  }

  #encode(id: string | undefined): Frame {
    const { event, data, retry, comment } = this.#draft ?? {};
    return Frame.event({ comment, retry, id, event, data });
  }
}
