import { CallerIds } from './caller-ids.js';
import { DroppedSeqs } from './dropped.js';
import type { LogEntry } from './entry.js';
import type { Floor, FloorCause } from './gap.js';
import type { Page } from './merge.js';

/** How much a channel keeps. */
export interface WindowLimits {
  /** Greatest number of events; 0 keeps none. */
  readonly size: number;
  /** Greatest number of bytes, approximately; the newest event always stays. */
  readonly bytes: number;
  /** Greatest age in milliseconds; 0 for none. */
  readonly ttl: number;
}

// How many times a window's size its index of caller ids and its memory of
// dropped seqs reach back.
const MEMORY = 4;

/** The events of one channel that are held, in order, with what fell off. */
export class ChannelWindow {
  #entries: (LogEntry | undefined)[] = [];
  /** Entries before this index are dropped; the array is cut now and then. */
  #first = 0;
  #bytes = 0;
  #last: number;
  #floor: number;
  #cause: FloorCause;
  readonly #callerIds: CallerIds;
  readonly #dropped: DroppedSeqs;

  #limits: WindowLimits;

  constructor(limits: WindowLimits, past: Floor) {
    this.#limits = limits;
    this.#last = past.floor;
    this.#floor = past.floor;
    this.#cause = past.cause;
    const reach = Math.max(limits.size * MEMORY, 64);
    this.#callerIds = new CallerIds(reach);
    this.#dropped = new DroppedSeqs(reach, past.floor);
  }

  /** The seq of the newest event, held or not. */
  get last(): number {
    return this.#last;
  }

  get length(): number {
    return this.#entries.length - this.#first;
  }

  get bytes(): number {
    return this.#bytes;
  }

  floor(now: number): Floor {
    this.#trimByAge(now);
    return { floor: this.#floor, cause: this.#cause };
  }

  /** Takes other limits; they hold from the next event on. */
  resize(limits: WindowLimits): void {
    this.#limits = limits;
  }

  append(entry: LogEntry): void {
    this.#last = entry.seq;
    if (entry.callerId !== undefined) {
      this.#callerIds.add(entry.callerId, entry.seq);
    }
    if (this.#limits.size === 0) {
      this.#drop(entry.seq, 'no-history');
      return;
    }
    this.#entries.push(entry);
    this.#bytes += entry.size;
    while (
      this.length > 1 &&
      (this.length > this.#limits.size || this.#bytes > this.#limits.bytes)
    ) {
      this.#shift('trimmed', entry.at);
    }
    this.#trimByAge(entry.at);
  }

  /**
   * The held events after a seq, up to a fence, some `maxBytes` of them.
   * Those whose own ttl has passed are left out: that is no loss.
   */
  read(after: number, upTo: number, maxBytes: number, now: number): Page {
    this.#trimByAge(now);
    const entries: LogEntry[] = [];
    let bytes = 0;
    for (let i = this.#indexAfter(after); i < this.#entries.length; i += 1) {
      const entry = this.#entries[i] as LogEntry;
      if (entry.seq > upTo) {
        break;
      }
      if (bytes >= maxBytes) {
        return { entries, upTo: (this.#entries[i - 1] as LogEntry).seq };
      }
      if (this.#isLive(entry, now)) {
        entries.push(entry);
        bytes += entry.size;
      }
    }
    return { entries, upTo };
  }

  /** The seqs of the newest `count` events after a seq, and how many stand. */
  tail(
    after: number,
    count: number,
    now: number,
  ): { seqs: readonly number[]; held: number } {
    const { entries } = this.read(after, this.#last, Infinity, now);
    const seqs = entries.slice(-count).map(({ seq }) => seq);
    return { seqs, held: entries.length };
  }

  /** How many events fell off after a seq; `null` when that is not known. */
  missedAfter(cursor: number): number | null {
    return this.#dropped.countAfter(cursor);
  }

  seqOfCallerId(id: string): number | undefined {
    return this.#callerIds.seqOf(id);
  }

  #indexAfter(seq: number): number {
    let low = this.#first;
    let high = this.#entries.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((this.#entries[middle] as LogEntry).seq <= seq) {
        low = middle + 1;
      } else {
        high = middle;
      }
    }
    return low;
  }

  #isLive(entry: LogEntry, now: number): boolean {
    if (entry.isMarker) {
      return false;
    }
    if (!entry.isExpired(now)) {
      return true;
    }
    this.#bytes -= entry.size;
    entry.empty();
    this.#bytes += entry.size;
    return false;
  }

  #trimByAge(now: number): void {
    const { ttl } = this.#limits;
    while (ttl > 0 && this.length > 0) {
      const oldest = this.#entries[this.#first] as LogEntry;
      if (oldest.at + ttl > now) {
        return;
      }
      this.#shift('expired', now);
    }
  }

  #shift(cause: FloorCause, now: number): void {
    const entry = this.#entries[this.#first] as LogEntry;
    this.#bytes -= entry.size;
    this.#entries[this.#first] = undefined;
    this.#first += 1;
    // Cutting the array at each drop would move the whole window each time.
    if (this.#first > 64 && this.#first * 2 > this.#entries.length) {
      this.#entries = this.#entries.slice(this.#first);
      this.#first = 0;
    }
    // One whose own ttl has passed had nothing left to lose.
    if (!entry.isMarker && !entry.isExpired(now)) {
      this.#drop(entry.seq, cause);
    }
  }

  #drop(seq: number, cause: FloorCause): void {
    this.#floor = seq;
    this.#cause = cause;
    this.#dropped.add(seq);
  }
}
