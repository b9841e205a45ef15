import type { Feed, FeedMember } from '../backends/feed.js';
import { admits, type Receiver } from '../log/audience.js';
import type { LogEntry } from '../log/entry.js';
import type { Delivery } from './delivery.js';

/** Decides per session whether an event of a channel is received. */
export type ReceiveFilter = (session: Receiver, entry: LogEntry) => boolean;

/** What a link is told by its channel, and tells it. */
export interface LinkOwner {
  /** The channel's own filter (`canReceive`), for live and replay. */
  readonly receiveFilter: ReceiveFilter | undefined;
  /** The link is gone: its connection closed, or it was taken off. */
  unlinked(link: Link): void;
}

/** One connection on one channel: what is due to it, and from where on. */
export class Link implements FeedMember {
  /** Place in the delivery's list, for removal without a search. */
  index = -1;

  constructor(
    readonly delivery: Delivery,
    readonly feed: Feed,
    /** Events after this seq are due. */
    public from: number,
    /** The cursor a client brought decides; else the link's own start does. */
    public byCursor: boolean,
    /** Starts before what the connection already had (`register`, `after`). */
    public isBackfill: boolean,
    readonly receiver: Receiver,
    readonly owner: LinkOwner,
  ) {}

  take(entry: LogEntry): void {
    const { delivery } = this;
    const { seq } = entry;
    if (seq !== 0 && (seq <= delivery.seq || seq <= this.from)) {
      return;
    }
    if (!delivery.isLive) {
      // What the log holds is read from there once the connection can take it.
      if (!entry.stored && this.admits(entry)) {
        delivery.defer(delivery.encode(entry), seq);
      }
      return;
    }
    if (this.admits(entry)) {
      delivery.deliver(entry);
    } else if (seq !== 0) {
      delivery.seq = seq;
    }
  }

  /** Live and on replay the same. A filter that throws says no. */
  admits(entry: LogEntry): boolean {
    const { receiveFilter } = this.owner;
    if (entry.audience === undefined && receiveFilter === undefined) {
      return true;
    }
    try {
      return (
        (entry.audience === undefined ||
          admits(entry.audience, this.receiver)) &&
        (receiveFilter === undefined || receiveFilter(this.receiver, entry))
      );
    } catch (error) {
      this.delivery.engine.report(error);
      return false;
    }
  }
}
