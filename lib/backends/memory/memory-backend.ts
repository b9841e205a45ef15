import { LogEntry, type EventDraft } from '../../log/entry.js';
import type { Page } from '../../log/merge.js';
import { createEpoch, formatPosition } from '../../log/position.js';
import type { Position } from '../../log/position.js';
import type { EpochStart } from '../../log/lineage.js';
import { ChannelWindow, type WindowLimits } from '../../log/window.js';
import type {
  AppendRequest,
  AppendResult,
  BackendSink,
  ChannelBackend,
  ChannelRecord,
  LogStatus,
  RelayMessage,
} from '../backend.js';
import { IdempotencyKeys } from './idempotency-keys.js';
import { Tombstones } from './tombstones.js';

/** Options of {@link memoryBackend}. */
export interface MemoryBackendOptions {
  /**
   * How many deleted channels are remembered, so that clients that come back
   * to one are told precisely. Past that the oldest are forgotten, and cursors
   * from before get a gap. Defaults to 10,000.
   */
  readonly tombstones?: number;
  /**
   * Milliseconds for which an idempotency key is remembered. Set from the
   * module's `idempotencyTtl` unless given here.
   */
  readonly idempotencyTtl?: number;
}

/**
 * The backend of one process: synchronous, and gone with the process. A client
 * that comes back after a restart gets a gap with reason `epoch`.
 */
export class MemoryBackend implements ChannelBackend {
  readonly name = 'memory';
  readonly portable = false;
  readonly #epoch = createEpoch();
  readonly #windows = new Map<string, ChannelWindow>();
  readonly #records = new Map<string, ChannelRecord>();
  readonly #followed = new Set<string>();
  readonly #tombstones: Tombstones;
  readonly #keys: IdempotencyKeys;
  #seq = 0;
  #sink: BackendSink | undefined;

  constructor(options: MemoryBackendOptions = {}) {
    this.#tombstones = new Tombstones(options.tombstones ?? 10_000);
    this.#keys = new IdempotencyKeys(options.idempotencyTtl ?? 300_000);
  }

  start(sink: BackendSink): void {
    this.#sink = sink;
  }

  close(): void {
    this.#sink = undefined;
    this.#windows.clear();
    this.#records.clear();
    this.#followed.clear();
    this.#keys.clear();
  }

  lineage(): readonly EpochStart[] {
    return [{ epoch: this.#epoch, start: 0 }];
  }

  head(): Position {
    return { epoch: this.#epoch, seq: this.#seq };
  }

  append({ draft, limits, idempotencyKey }: AppendRequest): AppendResult {
    const now = Date.now();
    const { channel } = draft;
    if (idempotencyKey !== undefined) {
      const first = this.#keys.get(channel, idempotencyKey, now);
      if (first !== undefined) {
        return { ...first, duplicate: true };
      }
    }
    const window = this.#open(channel, limits);
    this.#seq += 1;
    const entry = new LogEntry(draft, {
      epoch: this.#epoch,
      seq: this.#seq,
      prev: window.last,
      at: now,
      stored: limits.size > 0,
    });
    window.append(entry);
    const result: AppendResult = {
      position: { epoch: entry.epoch, seq: entry.seq },
      id: draft.id ?? formatPosition(entry.epoch, entry.seq),
      duplicate: false,
    };
    if (idempotencyKey !== undefined) {
      this.#keys.set(channel, idempotencyKey, result, now);
    }
    if (this.#followed.has(channel)) {
      this.#sink?.deliver(entry);
    }
    return result;
  }

  transmit(draft: EventDraft): void {
    if (this.#followed.has(draft.channel)) {
      this.#sink?.deliver(
        new LogEntry(draft, {
          epoch: this.#epoch,
          seq: 0,
          prev: 0,
          at: Date.now(),
          stored: false,
        }),
      );
    }
  }

  relay(message: RelayMessage): void {
    this.#sink?.relay(message);
  }

  follow(channel: string, limits: WindowLimits): LogStatus {
    this.#open(channel, limits);
    this.#followed.add(channel);
    return this.status(channel, this.#seq);
  }

  unfollow(channel: string): void {
    this.#followed.delete(channel);
  }

  range(
    channel: string,
    after: number,
    upTo: number,
    maxBytes: number,
  ): Page & LogStatus {
    const page = this.#windows
      .get(channel)
      ?.read(after, upTo, maxBytes, Date.now());
    return {
      ...(page ?? { entries: [], upTo }),
      ...this.status(channel, after),
    };
  }

  tail(
    channel: string,
    after: number,
    count: number,
  ): { readonly seqs: readonly number[]; readonly held: number } {
    const window = this.#windows.get(channel);
    return window?.tail(after, count, Date.now()) ?? { seqs: [], held: 0 };
  }

  status(channel: string, after: number): LogStatus {
    const window = this.#windows.get(channel);
    if (window === undefined) {
      const past = this.#tombstones.floor(channel);
      return { ...past, last: past.floor, missed: null };
    }
    return {
      ...window.floor(Date.now()),
      last: window.last,
      missed: window.missedAfter(after),
    };
  }

  locate(channel: string, callerId: string): number | undefined {
    return this.#windows.get(channel)?.seqOfCallerId(callerId);
  }

  declare(record: ChannelRecord): ChannelRecord {
    const known = this.#records.get(record.name);
    if (known?.options !== undefined) {
      return known;
    }
    this.#records.set(record.name, record);
    return record;
  }

  find(channel: string): ChannelRecord | undefined {
    return this.#records.get(channel);
  }

  remove(channel: string): boolean {
    const window = this.#windows.get(channel);
    if (window !== undefined) {
      this.#tombstones.bury(channel, window.last);
    }
    this.#windows.delete(channel);
    this.#keys.forget(channel);
    return this.#records.delete(channel) || window !== undefined;
  }

  usage(channel: string): { readonly events: number; readonly bytes: number } {
    const window = this.#windows.get(channel);
    return { events: window?.length ?? 0, bytes: window?.bytes ?? 0 };
  }

  #open(channel: string, limits: WindowLimits): ChannelWindow {
    const known = this.#windows.get(channel);
    if (known !== undefined) {
      known.resize(limits);
      return known;
    }
    const window = new ChannelWindow(limits, this.#tombstones.take(channel));
    this.#windows.set(channel, window);
    return window;
  }
}

/**
 * The default backend: one process, in memory, synchronous.
 *
 * When `broadcast` returns, the event has its position and stands in the batch
 * of every live connection.
 */
export function memoryBackend(options?: MemoryBackendOptions): ChannelBackend {
  return new MemoryBackend(options);
}
