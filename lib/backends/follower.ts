import type { LogEntry } from '../log/entry.js';
import type { Position } from '../log/position.js';
import type { WindowLimits } from '../log/window.js';
import type { BackendSink, ChannelBackend, RelayMessage } from './backend.js';
import { Feed } from './feed.js';

/**
 * This process's end of the log: takes what the backend delivers and hands it
 * to the feeds, one entry after the other.
 *
 * One queue for the process: a publish from inside a listener, a filter or an
 * observer stands behind the one that is under way, so everybody sees the same
 * order.
 */
export class Follower implements BackendSink {
  readonly #followed = new Map<string, Feed>();
  readonly #queue: (LogEntry | RelayMessage)[] = [];
  #busy = false;
  /** The seq of the last entry whose fan-out has begun. */
  #delivered = 0;

  constructor(
    readonly backend: ChannelBackend,
    private readonly onRelay: (message: RelayMessage) => void,
    private readonly onError: (error: unknown) => void,
  ) {}

  /**
   * The safe position: all events of followed channels up to here have been
   * fanned out or can be read from the log.
   */
  get safe(): number {
    return this.#busy ? this.#delivered : this.backend.head().seq;
  }

  get head(): Position {
    return this.backend.head();
  }

  /** How many channels are followed now. */
  get size(): number {
    return this.#followed.size;
  }

  createFeed(name: string, limits: WindowLimits): Feed {
    return new Feed(name, this, limits);
  }

  follow(feed: Feed): void {
    this.#followed.set(feed.name, feed);
    const status = this.backend.follow(feed.name, feed.limits);
    if (!(status instanceof Promise)) {
      feed.last = status.last;
    }
  }

  unfollow(feed: Feed): void {
    if (this.#followed.get(feed.name) === feed) {
      this.#followed.delete(feed.name);
      void this.backend.unfollow(feed.name);
    }
  }

  deliver(entry: LogEntry): void {
    this.#queue.push(entry);
    this.#drain(entry.seq);
  }

  relay(message: RelayMessage): void {
    this.#queue.push(message);
    this.#drain(0);
  }

  #drain(first: number): void {
    if (this.#busy) {
      return;
    }
    // What came before the first of this turn has been delivered.
    this.#delivered = first === 0 ? this.backend.head().seq : first - 1;
    this.#busy = true;
    for (let next = this.#queue.shift(); next; next = this.#queue.shift()) {
      try {
        this.#dispatch(next);
      } catch (error) {
        this.onError(error);
      }
    }
    this.#busy = false;
  }

  #dispatch(next: LogEntry | RelayMessage): void {
    if ('kind' in next) {
      this.onRelay(next);
      return;
    }
    if (next.seq !== 0) {
      this.#delivered = next.seq;
    }
    this.#followed.get(next.channel)?.fanOut(next);
  }
}
