import type { Frame } from '../wire/frame.js';
import type { Outlet } from '../wire/outlet.js';
import type { BatchNode } from './batch.js';
import type { Engine } from './engine.js';

/** Told how the socket keeps up. */
export interface OutboxOwner {
  /** Whether nothing will be written any more. */
  readonly isEnded: boolean;
  /** Too much waits in the socket. */
  fellBehind(): void;
  /** It has drained after that. */
  caughtBreath(): void;
  /** It has drained. */
  drained(): void;
}

// A batch this large leaves at once: a tick that publishes without end must
// not pile up memory.
const BATCH_BYTES = 64 * 1024;

/**
 * The one way of a connection's frames to its socket: a batch that leaves as
 * one write when the tick ends.
 */
export class Outbox {
  /** Too much waits in the socket: nothing is written until it drains. */
  isBehind = false;
  /** When something was last written, on the engine's clock. */
  wroteAt = 0;
  /** The head is out; before that the batch only grows. */
  isOpen = false;
  #batch: BatchNode;
  #corks = 0;
  #isDrained = true;
  #waiters: (() => void)[] | undefined;
  #stalledSince = 0;
  #taken = 0;

  constructor(
    private engine: Engine,
    private readonly outlet: Outlet,
    private readonly owner: OutboxOwner,
  ) {
    this.#batch = engine.root;
  }

  /** Moves to another engine's batches. */
  adopt(engine: Engine): void {
    this.flush();
    this.engine = engine;
    this.#batch = engine.root;
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
    const { engine } = this;
    if (batch === engine.root || !this.isOpen || this.owner.isEnded) {
      return;
    }
    if (this.#corks > 0 && batch.size < BATCH_BYTES) {
      return;
    }
    this.#batch = engine.root;
    this.wroteAt = engine.now;
    this.#isDrained = this.outlet.write(batch.frame);
    if (!this.#isDrained) {
      this.#watchDrain();
    }
  }

  /** Writes what is batched, corked or not: nothing will come after it. */
  flushLast(): void {
    this.#corks = 0;
    this.flush();
  }

  /** Whether a source may go on: the socket takes what is written. */
  get takesMore(): boolean {
    return this.#isDrained && !this.isBehind;
  }

  /** Calls back at the next {@link wake}. */
  wait(listener: () => void): void {
    (this.#waiters ??= []).push(listener);
  }

  /** Lets those go on that wait for the socket, or for the end. */
  wake(): void {
    const waiters = this.#waiters;
    this.#waiters = undefined;
    for (const waiter of waiters ?? []) {
      waiter();
    }
  }

  /** Lets go of what was batched. */
  drop(): void {
    this.#batch = this.engine.root;
  }

  /** Whether the socket has taken nothing for `writeTimeout`. */
  get isStalled(): boolean {
    const { outlet, engine } = this;
    const now = engine.deadlines.now();
    const taken = outlet.taken;
    if (outlet.pending === 0 || taken !== this.#taken) {
      this.#taken = taken;
      this.#stalledSince = now;
      return false;
    }
    return now - this.#stalledSince >= engine.options.writeTimeout;
  }

  #watchDrain(): void {
    if (this.outlet.pending > this.engine.options.pendingLimit) {
      this.isBehind = true;
      this.owner.fellBehind();
    }
    this.outlet.onDrain(() => {
      this.#isDrained = true;
      if (this.isBehind) {
        this.isBehind = false;
        this.owner.caughtBreath();
      }
      this.owner.drained();
    });
  }
}
