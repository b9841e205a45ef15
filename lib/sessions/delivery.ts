import type { LogEntry } from '../log/entry.js';
import type { Frame } from '../wire/frame.js';
import type { Outlet } from '../wire/outlet.js';
import { CatchUp } from './catch-up.js';
import type { CloseReason } from './close-reason.js';
import type { Engine } from './engine.js';
import type { Link } from './link.js';
import { Outbox, type OutboxOwner } from './outbox.js';
import { SideQueue } from './side-queue.js';

/** Who owns a delivery: told once, when nothing will be written any more. */
export interface DeliveryOwner {
  /** @internal Left out of the declarations, as in the public class. */
  delivered(reason: CloseReason): void;
}

/** How a stream's cursor is kept: by our ids, or by the application's own. */
export type CursorMode = 'log' | 'app';

// Where the frames stand that were sent before the stream opened.
const BEFORE_ALL = -1;

/**
 * One connection's place in the log.
 *
 * It is live (fan-out writes to its batch) or catching up (it reads the log
 * from `seq`). It falls back to catching up when too much waits in its socket,
 * so a slow client costs its socket buffer and a number.
 */
export class Delivery implements OutboxOwner {
  /** All events due up to this seq have been written or filtered away. */
  seq = 0;
  readonly links: Link[] = [];
  readonly outbox: Outbox;
  isLive = false;
  isEnded = false;
  cursorMode: CursorMode = 'log';
  /** The newest position the client's cursor can stand at. */
  #cursor = 0;
  #side: SideQueue | undefined;
  #catchUp: CatchUp | undefined;

  constructor(
    public engine: Engine,
    readonly outlet: Outlet,
    private readonly owner: DeliveryOwner,
  ) {
    this.outbox = new Outbox(engine, outlet, this);
    engine.enter(this);
    outlet.onClose(() => this.#closed());
  }

  /** Whether the head is out. */
  get isOpen(): boolean {
    return this.outbox.isOpen;
  }

  /** Moves a connection that was opened alone to an application's engine. */
  adopt(engine: Engine): void {
    this.outbox.adopt(engine);
    this.engine.leave(this);
    this.engine = engine;
    engine.enter(this);
  }

  /** The bytes of an event for this stream. */
  encode(entry: LogEntry): Frame {
    return this.cursorMode === 'log' ? entry.frame : entry.bareFrame;
  }

  /** Takes an event as it comes, in the log's order. */
  deliver(entry: LogEntry): void {
    if (entry.seq !== 0) {
      this.seq = entry.seq;
      this.#cursor = entry.seq;
    }
    this.outbox.put(this.encode(entry));
  }

  /** An event of the replay; without its id where that would lead back. */
  replay(entry: LogEntry, withId: boolean): void {
    if (withId) {
      this.#cursor = entry.seq;
      this.outbox.put(this.encode(entry));
    } else {
      this.outbox.put(entry.bareFrame);
    }
  }

  /** Sends a frame that no log holds. @returns false when the stream ended. */
  send(frame: Frame): boolean {
    if (this.isEnded) {
      return false;
    }
    if (this.isLive) {
      this.outbox.put(frame);
      return true;
    }
    return this.defer(frame, 0);
  }

  /**
   * Keeps a frame until the replay has come to where it was sent.
   *
   * @param seq the event's own position, 0 for one without
   */
  defer(frame: Frame, seq: number): boolean {
    if (this.isEnded) {
      return false;
    }
    const { follower, options } = this.engine;
    const at = seq !== 0 ? seq : this.isOpen ? follower.safe : BEFORE_ALL;
    this.#side ??= new SideQueue();
    if (this.#side.push(frame, at, options.maxPendingBytes)) {
      return true;
    }
    this.end('slow');
    return false;
  }

  /** Puts the frames that wait for a position into the batch. */
  releaseSide(upTo: number): void {
    for (const frame of this.#side?.release(upTo) ?? []) {
      this.outbox.put(frame);
    }
    if (this.#side?.isEmpty === true) {
      this.#side = undefined;
    }
  }

  /** The head is out: what was sent so far goes first, then the log. */
  open(opening: readonly Frame[], cursor: number): void {
    this.outbox.isOpen = true;
    this.#cursor = cursor;
    for (const frame of opening) {
      this.outbox.put(frame);
    }
    this.releaseSide(BEFORE_ALL);
  }

  /**
   * Reads the log from a seq until nothing is left, then turns live.
   *
   * @param idFloor events up to here go without their id
   */
  readFrom(seq: number, idFloor: number): void {
    this.seq = seq;
    this.isLive = false;
    this.#catchUp ??= new CatchUp(this);
    this.#catchUp.raiseIdFloor(idFloor);
    this.#catchUp.turn();
  }

  /** Fetches what a link that joins a running stream asks for from before. */
  backfill(link: Link): void {
    const { seq } = this;
    if (!this.isOpen || link.from >= seq) {
      return;
    }
    for (const other of this.links) {
      if (other !== link) {
        other.from = Math.max(other.from, seq);
      }
    }
    this.readFrom(link.from, seq);
  }

  /** All the log holds has been written: from now on the fan-out writes. */
  turnLive(): void {
    this.releaseSide(Infinity);
    this.isLive = !this.outbox.isBehind;
    if (this.isLive) {
      this.#catchUp = undefined;
      this.#wake();
    }
  }

  fellBehind(): void {
    this.isLive = false;
  }

  caughtBreath(): void {
    if (!this.isEnded) {
      this.readFrom(this.seq, 0);
    }
  }

  drained(): void {
    this.#wake();
  }

  /**
   * What a heartbeat writes: the cursor, where it has been left behind by
   * events that were not for this client; else nothing but a comment.
   *
   * @param comment `undefined` when something was written lately
   */
  beat(comment: Frame | undefined): void {
    if (!this.isLive) {
      return;
    }
    const { safe } = this.engine.follower;
    if (
      this.cursorMode === 'log' &&
      this.links.length > 0 &&
      safe > this.#cursor
    ) {
      this.seq = safe;
      this.#cursor = safe;
      this.outbox.put(this.engine.cursorFrame(safe));
    } else if (comment !== undefined) {
      this.outbox.put(comment);
    }
  }

  /** Whether a source may go on: the socket takes what is written. */
  get takesMore(): boolean {
    return this.isLive && this.outbox.takesMore;
  }

  /** Calls back once the socket takes more, or nothing will be written. */
  whenTaking(listener: () => void): void {
    if (this.isEnded || this.takesMore) {
      listener();
    } else {
      this.outbox.wait(listener);
    }
  }

  addLink(link: Link): void {
    link.index = this.links.push(link) - 1;
    link.feed.addLink(this, link);
  }

  removeLink(link: Link): void {
    if (link.index === -1) {
      return;
    }
    const last = this.links.pop() as Link;
    if (last !== link) {
      this.links[link.index] = last;
      last.index = link.index;
    }
    link.index = -1;
    link.feed.removeLink(this);
    link.owner.unlinked(link);
  }

  /**
   * Ends the stream. What stands in the batch and beside the log leaves first;
   * what the log holds the client asks for when it comes back.
   */
  end(reason: CloseReason): void {
    if (this.isEnded) {
      return;
    }
    if (reason === 'slow') {
      this.destroy(reason);
      return;
    }
    // A stream that ends before it opened is still an event stream.
    if (!this.outlet.opened && !this.outlet.closed) {
      this.outlet.open();
    }
    this.outbox.isOpen = true;
    this.releaseSide(Infinity);
    this.outbox.flushLast();
    this.#finish(reason);
    this.outlet.end();
  }

  /** Ends at once, without a word: what waits is lost with the socket. */
  destroy(reason: CloseReason): void {
    this.#finish(reason);
    this.outlet.destroy();
  }

  /** Lets go of a stream that never opened; the response is another's. */
  abandon(): void {
    this.#finish('error');
    this.engine.leave(this);
  }

  #wake(): void {
    if (this.isEnded || this.takesMore) {
      this.outbox.wake();
    }
  }

  #closed(): void {
    this.#finish('client');
    this.engine.leave(this);
  }

  #finish(reason: CloseReason): void {
    if (this.isEnded) {
      return;
    }
    this.isEnded = true;
    this.isLive = false;
    this.#side = undefined;
    this.outbox.drop();
    for (let link = this.links.at(-1); link; link = this.links.at(-1)) {
      this.removeLink(link);
    }
    this.#wake();
    this.owner.delivered(reason);
  }
}
