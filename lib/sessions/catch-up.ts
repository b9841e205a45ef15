import type { LogStatus, MaybePromise } from '../backends/backend.js';
import { whenAll } from '../backends/maybe-promise.js';
import type { LogEntry } from '../log/entry.js';
import type { ChannelGap } from '../log/gap.js';
import { mergePages, type Page } from '../log/merge.js';
import type { Delivery } from './delivery.js';
import { gapFrame } from './gap-frame.js';
import type { Link } from './link.js';

// What a connection reads and writes in one turn.
const PAGE_BYTES = 64 * 1024;

interface Read {
  readonly link: Link;
  readonly after: number;
  readonly page: Page & LogStatus;
}

/**
 * Brings a connection up to the log's safe position: one page a turn, in order
 * of seq over all its channels, and only as far as every channel was read.
 */
export class CatchUp {
  #reading = false;
  #scheduled = false;
  /**
   * Events up to here go without id: a cursor there would lead a client back
   * on the channels it already had further.
   */
  #idFloor = 0;

  constructor(private readonly delivery: Delivery) {}

  raiseIdFloor(seq: number): void {
    this.#idFloor = Math.max(this.#idFloor, seq);
  }

  /** Reads and writes one page. Called again when the socket has drained. */
  turn(): void {
    const { delivery } = this;
    if (this.#reading || this.#scheduled || !this.#mayWrite()) {
      return;
    }
    const fence = delivery.engine.follower.safe;
    const links = delivery.links.filter(
      ({ feed, from }) =>
        feed.keepsHistory && feed.last > Math.max(from, delivery.seq),
    );
    const pages = whenAll(
      links.map((link) => this.#read(link, fence)),
      (reads) => reads,
    );
    if (!(pages instanceof Promise)) {
      this.#write(pages, fence);
      return;
    }
    this.#reading = true;
    pages.then(
      (reads) => {
        this.#reading = false;
        if (this.#mayWrite()) {
          this.#write(reads, fence);
        }
      },
      (error: unknown) => {
        this.#reading = false;
        delivery.engine.report(error);
        delivery.end('error');
      },
    );
  }

  #mayWrite(): boolean {
    const { isEnded, isOpen, isLive, outbox } = this.delivery;
    return isOpen && !isEnded && !isLive && !outbox.isBehind;
  }

  #read(link: Link, fence: number): MaybePromise<Read> {
    const { delivery } = this;
    const after = Math.max(link.from, delivery.seq);
    const page = delivery.engine.follower.backend.range(
      link.feed.name,
      after,
      fence,
      PAGE_BYTES,
    );
    return page instanceof Promise
      ? page.then((read) => ({ link, after, page: read }))
      : { link, after, page };
  }

  #write(reads: readonly Read[], fence: number): void {
    const { delivery } = this;
    this.#tellGaps(reads);
    const merged = mergePages(
      reads.map(({ page }) => page),
      fence,
    );
    const upTo = this.#replay(merged.entries, merged.upTo, reads);
    delivery.seq = upTo;
    delivery.releaseSide(upTo);
    if (!this.#mayWrite()) {
      return;
    }
    if (upTo === delivery.engine.follower.safe) {
      delivery.turnLive();
    } else {
      this.#schedule();
    }
  }

  /** Writes entries in order, a page at most. @returns how far it came */
  #replay(
    entries: readonly LogEntry[],
    upTo: number,
    reads: readonly Read[],
  ): number {
    const { delivery } = this;
    const links = new Map(reads.map(({ link }) => [link.feed.name, link]));
    let bytes = 0;
    for (const entry of entries) {
      const link = links.get(entry.channel) as Link;
      delivery.releaseSide(entry.seq - 1);
      // A link may have been taken off while its page was on the way.
      if (link.index !== -1 && entry.seq > link.from && link.admits(entry)) {
        delivery.replay(entry, entry.seq > this.#idFloor);
        bytes += entry.size;
      }
      delivery.seq = entry.seq;
      if (delivery.outbox.isBehind || bytes >= PAGE_BYTES) {
        return entry.seq;
      }
    }
    return upTo;
  }

  /** What fell out of the log while this client was too slow for it. */
  #tellGaps(reads: readonly Read[]): void {
    const gaps: ChannelGap[] = [];
    for (const { link, after, page } of reads) {
      if (page.floor > after) {
        const { missed } = page;
        gaps.push({ channel: link.feed.name, reason: 'slow', missed });
        link.from = Math.max(link.from, page.floor);
      }
    }
    if (gaps.length > 0) {
      this.delivery.outbox.put(gapFrame({ channels: gaps }));
    }
  }

  #schedule(): void {
    this.#scheduled = true;
    // One page a turn: a thousand clients that come back share the loop.
    setImmediate(() => {
      this.#scheduled = false;
      this.turn();
    });
  }
}
