import type { LogEntry } from '../log/entry.js';
import type { WindowLimits } from '../log/window.js';
import type { Follower } from './follower.js';

/** Who takes a channel's events as they come. */
export interface FeedMember {
  take(entry: LogEntry): void;
}

/** One channel's log as this process sees it. */
export class Feed {
  /** The seq of the newest event known here; behind it nothing is to read. */
  last = 0;
  /** Connections: the hot side of the fan-out. */
  readonly links = new Map<object, FeedMember>();
  /** Observers in the process, after the connections. */
  readonly taps = new Set<FeedMember>();

  constructor(
    readonly name: string,
    private readonly follower: Follower,
    public limits: WindowLimits,
  ) {}

  get keepsHistory(): boolean {
    return this.limits.size > 0;
  }

  addLink(owner: object, member: FeedMember): void {
    this.links.set(owner, member);
    this.#followIfFirst();
  }

  removeLink(owner: object): void {
    if (this.links.delete(owner)) {
      this.#unfollowIfLast();
    }
  }

  addTap(member: FeedMember): void {
    this.taps.add(member);
    this.#followIfFirst();
  }

  removeTap(member: FeedMember): void {
    if (this.taps.delete(member)) {
      this.#unfollowIfLast();
    }
  }

  fanOut(entry: LogEntry): void {
    if (entry.seq !== 0) {
      this.last = entry.seq;
    }
    for (const link of this.links.values()) {
      link.take(entry);
    }
    for (const tap of this.taps) {
      tap.take(entry);
    }
  }

  #followIfFirst(): void {
    if (this.links.size + this.taps.size === 1) {
      this.follower.follow(this);
    }
  }

  #unfollowIfLast(): void {
    if (this.links.size + this.taps.size === 0) {
      this.follower.unfollow(this);
    }
  }
}
