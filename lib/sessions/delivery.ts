import type { LogEntry } from '../log/entry.js';
import type { Frame } from '../wire/frame.js';
import type { Outlet } from '../wire/outlet.js';
import type { BatchNode } from './batch.js';
import { CatchUp } from './catch-up.js';
import type { CloseReason } from './close-reason.js';
import type { Engine } from './engine.js';
import type { Link } from './link.js';
import { SideQueue } from './side-queue.js';

/** Who owns a delivery: told once, when nothing will be written any more. */
export interface DeliveryOwner {
  delivered(reason: CloseReason): void;
}

/** How a stream's cursor is kept: by our ids, or by the application's own. */
export type CursorMode = 'log' | 'app';

// A batch this large leaves at once: a tick that publishes without end must
// not pile up memory.
const BATCH_BYTES = 64 * 1024;

// Where the frames stand that were sent before the stream opened.
const BEFORE_ALL = -1;

/**
 * One connection's place in the log and its way to the socket.
 *
 * It is live (fan-out writes to its batch) or catching up (it reads the log
 * from `seq`). It falls back to catching up when too much waits in its socket,
 * so a slow client costs its socket buffer and a number.
 */
export class Delivery {
  /** All events due up to this seq have been written or filtered away. */
  seq = 0;
  /** The newest position the client's cursor can stand at. */
  #cursor = 0;
  readonly links: Link[] = [];
  isLive = false;
  isOpen = false;
  isEnded = false;
  /** Too much waits in the socket: nothing is written until it drains. */
  isBehind = false;
  /** When something was last written, on the engine's clock. */
  wroteAt = 0;
  cursorMode: CursorMode = 'log';
  #batch: BatchNode;
  #side: SideQueue | undefined;
  #catchUp: CatchUp | undefined;
  #drained = true;
  #waiters: (() => void)[] | undefined;
  #corks = 0;
  #stalledSince = 0;
  #taken = 0;

  constructor(
    public engine: Engine,
    readonly outlet: Outlet,
    private readonly owner: DeliveryOwner,
  ) {
    this.#batch = engine.root;
    engine.enter(this);
    outlet.onClose(() => this.#closed());
  }

  /** Moves a connection that was opened alone to an application's engine. */
  adopt(engine: Engine): void {
    this.flush();
    this.engine.leave(this);
    this.engine = engine;
    this.#batch = engine.root;
    engine.enter(this);
  }

  /** The bytes of an event for this stream. */
  encode(entry: LogEntry): Frame {
    return this.cursorMode === 'log' ? entry.frame : entry.bareFrame;
  }

  /** Takes an event of the log, in its order. */
  deliver(entry: LogEntry): void {
    if (entry.seq !== 0) {
      this.seq = entry.seq;
      this.#cursor = entry.seq;
    }
    this.put(this.encode(entry));
  }

  /** Sends a frame that no log holds. @returns false when the stream ended. */
  send(frame: Frame): boolean {
    if (this.isEnded) {
      return false;
    }
    if (this.isLive) {
      this.put(frame);
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

  /** Puts a frame in the batch that leaves when this tick ends. */
  put(frame: Frame): void {
    const { engine } = this;
    if (this.#batch === engine.root) {
      engine.touch(this);
    }
    this.#batch = this.#batch.next(frame);
    if (this.#batch.size >= BATCH_BYTES) {
      this.flush();
    }
  }

  /** Holds the batch back until {@link uncork}, up to its greatest size. */
  cork(): void {
    this.#corks += 1;
  }

  uncork(): void {
    this.#corks -= 1;
    this.flush();
  }

  /** Writes the batch: all its frames as one write. */
  flush(): void {
    const batch = this.#batch;
    if (this.#corks > 0 && !this.isEnded && batch.size < BATCH_BYTES) {
      return;
    }
    if (batch === this.engine.root || !this.isOpen || this.isEnded) {
      return;
    }
    this.#batch = this.engine.root;
    this.wroteAt = this.engine.now;
    this.#drained = this.outlet.write(batch.frame);
    if (!this.#drained) {
      this.#watchDrain();
    }
  }

  /** The head is out: what was sent so far goes first, then the log. */
  open(opening: readonly Frame[], cursor: number): void {
    this.isOpen = true;
    this.#cursor = cursor;
    for (const frame of opening) {
      this.put(frame);
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
    this.isLive = !this.isBehind;
    if (this.isLive) {
      this.#catchUp = undefined;
      this.#wake();
    }
  }

  /** Puts the frames that wait for a position into the batch. */
  releaseSide(upTo: number): void {
    if (this.#side === undefined) {
      return;
    }
    for (const frame of this.#side.release(upTo)) {
      this.put(frame);
    }
    if (this.#side.isEmpty) {
      this.#side = undefined;
    }
  }

  /** An event of the replay; without its id where that would lead back. */
  replay(entry: LogEntry, withId: boolean): void {
    if (withId) {
      this.#cursor = entry.seq;
      this.put(this.encode(entry));
    } else {
      this.put(entry.bareFrame);
    }
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
      this.put(this.engine.cursorFrame(safe));
    } else if (comment !== undefined) {
      this.put(comment);
    }
  }

  /** Whether a source may go on: the socket takes what is written. */
  get takesMore(): boolean {
    return this.isLive && this.#drained;
  }

  /** Calls back once the socket takes more, or nothing will be written. */
  whenTaking(listener: () => void): void {
    if (this.isEnded || this.takesMore) {
      listener();
    } else {
      (this.#waiters ??= []).push(listener);
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
    if (reason !== 'slow') {
      this.#openForEnd();
      this.#corks = 0;
      this.releaseSide(Infinity);
      this.flush();
    }
    this.#finish(reason);
    if (reason === 'slow') {
      this.outlet.destroy();
    } else {
      this.outlet.end();
    }
  }

  /** Lets go of a stream that never opened; the response is another's. */
  abandon(): void {
    this.#finish('error');
    this.engine.leave(this);
  }

  /** Ends at once what did not end in time. */
  destroy(): void {
    this.#finish('shutdown');
    this.outlet.destroy();
  }

  /** Closes a socket that has taken nothing for `writeTimeout`. */
  checkStall(): void {
    const { outlet, engine } = this;
    const now = engine.deadlines.now();
    const taken = outlet.taken;
    if (outlet.pending === 0 || taken !== this.#taken) {
      this.#taken = taken;
      this.#stalledSince = now;
    } else if (now - this.#stalledSince >= engine.options.writeTimeout) {
      this.#finish('slow');
      outlet.destroy();
    }
  }

  /** A stream that ends before it opened is still an event stream. */
  #openForEnd(): void {
    if (!this.outlet.opened && !this.outlet.closed) {
      this.outlet.open();
    }
    this.isOpen = true;
  }

  #watchDrain(): void {
    if (this.outlet.pending > this.engine.options.pendingLimit) {
      this.isBehind = true;
      this.isLive = false;
    }
    this.outlet.onDrain(() => {
      this.#drained = true;
      if (this.isBehind) {
        this.isBehind = false;
        if (!this.isEnded) {
          this.readFrom(this.seq, 0);
        }
      }
      this.#wake();
    });
  }

  #wake(): void {
    if (this.#waiters !== undefined && (this.isEnded || this.takesMore)) {
      const waiters = this.#waiters;
      this.#waiters = undefined;
      for (const waiter of waiters) {
        waiter();
      }
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
    this.#batch = this.engine.root;
    while (this.links.length > 0) {
      this.removeLink(this.links[this.links.length - 1] as Link);
    }
    this.#wake();
    this.owner.delivered(reason);
  }
}
