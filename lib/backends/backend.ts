import type { LogEntry, EventDraft } from '../log/entry.js';
import type { Floor } from '../log/gap.js';
import type { EpochStart } from '../log/lineage.js';
import type { Page } from '../log/merge.js';
import type { Position } from '../log/position.js';
import type { WindowLimits } from '../log/window.js';

export type MaybePromise<T> = T | Promise<T>;

/** What a backend stores of a channel beside its events. */
export interface ChannelRecord {
  readonly name: string;
  /** `undefined`: born without options, takes the first that come. */
  readonly options: Readonly<Record<string, unknown>> | undefined;
}

/** One publish, as a backend gets it. */
export interface AppendRequest {
  readonly draft: EventDraft;
  /** How much history the channel keeps; `size` 0 stores nothing. */
  readonly limits: WindowLimits;
  /** The caller's key: the same key on the same channel publishes once. */
  readonly idempotencyKey?: string | undefined;
}

export interface AppendResult {
  readonly position: Position;
  /** The SSE `id` receivers see. */
  readonly id: string;
  /** The key had been used: nothing was published, this is the first result. */
  readonly duplicate: boolean;
}

/** What a backend knows of a channel's log. */
export interface LogStatus extends Floor {
  /** The seq of the channel's newest event, held or not. */
  readonly last: number;
  /**
   * How many events fell off after the seq that was asked for; `null` when
   * that is not known.
   */
  readonly missed: number | null;
}

/** A message that no log keeps, on its way to every instance. */
export interface RelayMessage {
  readonly kind: string;
  readonly payload: unknown;
}

/** What a backend calls, in the order of its log. */
export interface BackendSink {
  /** An event of a followed channel; transient ones have seq 0. */
  deliver(entry: LogEntry): void;
  /** A message relayed by this or another instance. */
  relay(message: RelayMessage): void;
}

/**
 * Gives positions, keeps history, carries events between instances.
 *
 * What returns a value at once is visible in the same tick; what returns a
 * promise is not. Both are right for every method but those noted.
 */
export interface ChannelBackend {
  /** For messages and health. */
  readonly name: string;
  /**
   * Events leave or outlive this process, so functions cannot go with them.
   */
  readonly portable: boolean;
  start(sink: BackendSink): MaybePromise<void>;
  close(): MaybePromise<void>;
  /** The epochs known, oldest first; synchronous, never empty after start. */
  lineage(): readonly EpochStart[];
  /** The newest position given; synchronous: as far as known here. */
  head(): Position;
  /** Gives the next position, stores, and delivers to every follower. */
  append(request: AppendRequest): MaybePromise<AppendResult>;
  /** Carries an event without position to every follower of its channel. */
  transmit(draft: EventDraft): MaybePromise<void>;
  /** Carries a message to every instance, this one included. */
  relay(message: RelayMessage): MaybePromise<void>;
  /** From now on the channel's events are delivered. */
  follow(channel: string, limits: WindowLimits): MaybePromise<LogStatus>;
  unfollow(channel: string): MaybePromise<void>;
  /** What the log holds after a seq, up to a fence, some `maxBytes` of it. */
  range(
    channel: string,
    after: number,
    upTo: number,
    maxBytes: number,
  ): MaybePromise<Page & LogStatus>;
  /** The seqs of the newest `count` events after a seq, and how many stand. */
  tail(
    channel: string,
    after: number,
    count: number,
  ): MaybePromise<{ readonly seqs: readonly number[]; readonly held: number }>;
  /** Where the channel stands, for a reader that has read up to `after`. */
  status(channel: string, after: number): MaybePromise<LogStatus>;
  /** The seq of the event that a caller gave this id; looked up, not scanned. */
  locate(channel: string, callerId: string): MaybePromise<number | undefined>;
  /** Stores the record unless there is one; answers the one that stands. */
  declare(record: ChannelRecord): MaybePromise<ChannelRecord>;
  find(channel: string): MaybePromise<ChannelRecord | undefined>;
  /** Deletes the channel's record and history; its floor stays for a while. */
  remove(channel: string): MaybePromise<boolean>;
  usage(
    channel: string,
  ): MaybePromise<{ readonly events: number; readonly bytes: number }>;
}
