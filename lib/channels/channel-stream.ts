import { Observable, type Subscriber } from 'rxjs';
import type { LogEntry } from '../log/entry.js';
import { mergePages } from '../log/merge.js';
import { when, whenAll } from '../backends/maybe-promise.js';
import type { Engine } from '../sessions/engine.js';
import { locateCursor } from '../sessions/resume.js';
import type { ChannelGap } from '../log/gap.js';
import type { AnyChannel } from './channel.js';
import { ChannelEvent } from './channel-event.js';

/** Options of `registry.stream`. */
export interface ChannelStreamOptions {
  /** The id after which events are due; without one, those from now on. */
  readonly after?: string | undefined;
}

// Bytes read from the log at a time.
const PAGE_BYTES = 64 * 1024;

/**
 * Several channels' events in their one order: replay, then live. What is no
 * longer held is told by a `channels:gap` event first.
 */
export class ChannelStream extends Observable<ChannelEvent> {
  constructor(
    /** @internal */ readonly engine: Engine,
    readonly names: readonly string[],
    readonly after: string | undefined,
    open: (name: string) => AnyChannel,
  ) {
    super((subscriber) => {
      const reader = new StreamReader(engine, names.map(open), subscriber);
      reader.start(after);
      return () => reader.stop();
    });
  }
}

/** One subscriber's place in the log. */
class StreamReader {
  #seq = 0;
  #isLive = false;
  #untaps: (() => void)[] = [];
  /** Taken while the replay is under way, and in no log: given after it. */
  #waiting: ChannelEvent[] = [];

  constructor(
    private readonly engine: Engine,
    private readonly channels: readonly AnyChannel[],
    private readonly subscriber: Subscriber<ChannelEvent>,
  ) {}

  start(after: string | undefined): void {
    const { follower } = this.engine;
    const now = follower.head.seq;
    this.#seq = now;
    for (const channel of this.channels) {
      const untap = channel.tap(
        (event) => this.#take(event),
        () => this.#closed(),
      );
      this.#untaps.push(untap);
    }
    if (after === undefined) {
      this.#isLive = true;
      return;
    }
    const names = this.channels.map(({ name }) => name);
    this.#settle(
      when(locateCursor(follower, names, after), (place) => {
        if (typeof place !== 'number') {
          this.#tellGap(
            names.map((channel) => ({ channel, reason: place, missed: null })),
          );
          this.#turnLive();
          return;
        }
        this.#seq = place;
        return when(this.#judge(place), () => this.#replay());
      }),
    );
  }

  stop(): void {
    for (const untap of this.#untaps) {
      untap();
    }
    this.#untaps = [];
  }

  #take(event: ChannelEvent): void {
    const entry = ChannelEvent.entryOf(event) as LogEntry;
    if (this.#isLive) {
      if (entry.seq === 0 || entry.seq > this.#seq) {
        this.#seq = Math.max(this.#seq, entry.seq);
        this.subscriber.next(event);
      }
    } else if (!entry.stored) {
      this.#waiting.push(event);
    }
  }

  #judge(after: number): unknown {
    const { backend } = this.engine.follower;
    return whenAll(
      this.channels.map(({ name }) => backend.status(name, after)),
      (statuses) => {
        const gaps: ChannelGap[] = [];
        statuses.forEach(({ floor, cause, missed }, i) => {
          if (after < floor) {
            const channel = (this.channels[i] as AnyChannel).name;
            gaps.push({ channel, reason: cause, missed });
          }
        });
        this.#tellGap(gaps);
      },
    );
  }

  /** Reads pages until the safe position, then gives what comes live. */
  #replay(): unknown {
    const { backend, safe } = this.engine.follower;
    if (this.subscriber.closed) {
      return;
    }
    if (this.#seq >= safe) {
      this.#turnLive();
      return;
    }
    return when(
      whenAll(
        this.channels.map(({ name }) =>
          backend.range(name, this.#seq, safe, PAGE_BYTES),
        ),
        (pages) => mergePages(pages, safe),
      ),
      ({ entries, upTo }) => {
        for (const entry of entries) {
          this.subscriber.next(ChannelEvent.of(entry));
        }
        this.#seq = upTo;
        return this.#replay();
      },
    );
  }

  #turnLive(): void {
    this.#isLive = true;
    for (const event of this.#waiting.splice(0)) {
      this.subscriber.next(event);
    }
  }

  #tellGap(channels: readonly ChannelGap[]): void {
    if (channels.length > 0) {
      this.subscriber.next(
        new ChannelEvent({
          channel: '',
          event: 'channels:gap',
          data: { channels },
          id: undefined,
        }),
      );
    }
  }

  #closed(): void {
    if (this.channels.every(({ isClosed }) => isClosed)) {
      this.subscriber.complete();
    }
  }

  #settle(pending: unknown): void {
    if (pending instanceof Promise) {
      pending.catch((error: unknown) => this.subscriber.error(error));
    }
  }
}
