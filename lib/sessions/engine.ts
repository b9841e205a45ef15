import type { Follower } from '../backends/follower.js';
import { formatPosition } from '../log/position.js';
import { Deadlines, type Timed } from '../wire/deadlines.js';
import { Frame } from '../wire/frame.js';
import { BatchNode } from './batch.js';
import type { Delivery } from './delivery.js';
import type { Outbox } from './outbox.js';
import type { EngineOptions } from './engine.options.js';

/**
 * What the connections of one application share: the log they read, one timer,
 * and the batches that leave at the end of each tick.
 */
export class Engine {
  readonly deadlines: Deadlines;
  /** Where every connection's batch begins. */
  readonly root = BatchNode.root();
  /** Every connection whose response is not closed yet. */
  readonly deliveries = new Set<Delivery>();
  /** Milliseconds on the clock of {@link deadlines}, read once a flush. */
  now = 0;
  #dirty: Outbox[] = [];
  readonly #whenEmpty: (() => void)[] = [];
  #mark: { readonly seq: number; readonly frame: Frame } | undefined;
  readonly #sweep: Timed = {
    due: 0,
    slot: -1,
    fire: () => this.#closeStalled(),
  };

  constructor(
    readonly options: EngineOptions,
    readonly follower: Follower,
  ) {
    this.deadlines = new Deadlines((error) => this.report(error));
  }

  enter(delivery: Delivery): void {
    this.deliveries.add(delivery);
    if (this.#sweep.slot === -1 && this.options.writeTimeout > 0) {
      this.deadlines.set(this.#sweep, this.options.writeTimeout / 4);
    }
  }

  leave(delivery: Delivery): void {
    this.deliveries.delete(delivery);
    if (this.deliveries.size === 0) {
      this.deadlines.clear(this.#sweep);
      for (const resolve of this.#whenEmpty.splice(0)) {
        resolve();
      }
    }
  }

  /** Resolves once no response is open any more. */
  whenEmpty(): Promise<void> {
    return this.deliveries.size === 0
      ? Promise.resolve()
      : new Promise((resolve) => this.#whenEmpty.push(resolve));
  }

  /** The connection has something to write when this tick ends. */
  touch(outbox: Outbox): void {
    if (this.#dirty.push(outbox) === 1) {
      process.nextTick(() => this.flush());
    }
  }

  /** Writes every batch. Called at the end of the tick. */
  flush(): void {
    const dirty = this.#dirty;
    this.#dirty = [];
    this.now = this.deadlines.now();
    for (const outbox of dirty) {
      outbox.flush();
    }
    this.root.clear();
  }

  /** A block that moves a client's cursor and fires no event. */
  cursorFrame(seq: number): Frame {
    if (this.#mark?.seq !== seq) {
      const id = formatPosition(this.follower.head.epoch, seq);
      this.#mark = { seq, frame: Frame.event({ id }) };
    }
    return this.#mark.frame;
  }

  /** Something of the application's threw where nobody waits for it. */
  report(error: unknown): void {
    this.options.onError(error);
  }

  #closeStalled(): void {
    for (const delivery of this.deliveries) {
      if (delivery.outbox.isStalled) {
        delivery.destroy('slow');
      }
    }
    if (this.deliveries.size > 0) {
      this.deadlines.set(this.#sweep, this.options.writeTimeout / 4);
    }
  }
}
