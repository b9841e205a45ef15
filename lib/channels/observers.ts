import type { Feed, FeedMember } from '../backends/feed.js';
import { ChannelEvent } from './channel-event.js';

type Next = (event: ChannelEvent) => void;

/** Those in the process that observe a channel's events. */
export class Observers {
  #listener: FeedMember | undefined;

  constructor(private readonly feed: Feed) {}

  /** How many keep the channel from being empty: all but event listeners. */
  get count(): number {
    return this.feed.taps.size - (this.#listener === undefined ? 0 : 1);
  }

  /** Observes events after a seq. @returns what ends it */
  add(since: number, next: Next): () => void {
    const member: FeedMember = {
      take: (entry) => {
        if (entry.seq === 0 || entry.seq > since) {
          next(ChannelEvent.of(entry));
        }
      },
    };
    this.feed.addTap(member);
    return () => this.feed.removeTap(member);
  }

  /** Whether listeners of `broadcast` need the events to come here. */
  hear(isHeard: boolean, next: Next): void {
    if (isHeard && this.#listener === undefined) {
      this.#listener = { take: (entry) => next(ChannelEvent.of(entry)) };
      this.feed.addTap(this.#listener);
    } else if (!isHeard && this.#listener !== undefined) {
      this.feed.removeTap(this.#listener);
      this.#listener = undefined;
    }
  }
}
