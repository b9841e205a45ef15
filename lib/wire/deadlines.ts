/** Something that is to happen at a time. */
export interface Timed {
  /** When, on the clock of {@link Deadlines.now}. Set by the deadlines. */
  due: number;
  /** Its place in the heap, -1 when not scheduled. Set by the deadlines. */
  slot: number;
  /** @param now the time the run began; at or after {@link due} */
  fire(now: number): void;
}

// setTimeout fires at once for anything longer.
const LONGEST_TIMEOUT = 2 ** 31 - 1;

/**
 * Any number of deadlines on one timer, which does not keep the process
 * alive and stops when nothing is scheduled. Setting, moving and clearing one
 * take O(log n): a binary heap whose members know their place.
 */
export class Deadlines {
  readonly #heap: Timed[] = [];
  #timer: ReturnType<typeof setTimeout> | undefined;
  /** When the timer goes off. */
  #wakeAt = Infinity;
  #running = false;
  #closed = false;

  /** @param onError takes what a `fire` throws; the others fire all the same */
  constructor(private readonly onError: (error: unknown) => void) {}

  /** Milliseconds on a clock that never goes back. */
  now(): number {
    return performance.now();
  }

  /** How many are scheduled. */
  get size(): number {
    return this.#heap.length;
  }

  /**
   * Schedules, or moves what is scheduled.
   *
   * @param delay milliseconds from now; at least 1, as with `setTimeout`, so
   * that what schedules itself anew never fires twice in a turn
   */
  set(timed: Timed, delay: number): void {
    if (this.#closed) {
      return;
    }
    const { due } = timed;
    timed.due = this.now() + (delay >= 1 ? delay : 1);
    if (!this.#holds(timed)) {
      timed.slot = this.#heap.length;
      this.#heap.push(timed);
      this.#rise(timed);
    } else if (timed.due < due) {
      this.#rise(timed);
    } else {
      this.#sink(timed);
    }
    this.#arm();
  }

  /** Takes one out; nothing when it is not scheduled. */
  clear(timed: Timed): void {
    if (this.#holds(timed)) {
      this.#remove(timed);
      if (this.#heap.length === 0) {
        this.#disarm();
      }
    }
  }

  /** Drops them all; nothing is scheduled any more. */
  close(): void {
    this.#closed = true;
    this.#disarm();
    for (const timed of this.#heap) {
      timed.slot = -1;
    }
    this.#heap.length = 0;
  }

  #run(): void {
    this.#disarm();
    const now = this.now();
    this.#running = true;
    try {
      // What a fire sets is due later than now, so this comes to an end.
      let first: Timed | undefined;
      while ((first = this.#heap[0]) !== undefined && first.due <= now) {
        this.#remove(first);
        this.#fire(first, now);
      }
    } finally {
      this.#running = false;
      this.#arm();
    }
  }

  #fire(timed: Timed, now: number): void {
    try {
      timed.fire(now);
    } catch (error) {
      this.onError(error);
    }
  }

  /** A timer that goes off too early is left to: it is cheaper to look. */
  #arm(): void {
    const first = this.#heap[0];
    if (first === undefined || this.#running || first.due >= this.#wakeAt) {
      return;
    }
    this.#disarm();
    const delay = Math.ceil(first.due - this.now());
    this.#wakeAt = first.due;
    this.#timer = setTimeout(
      () => this.#run(),
      Math.min(delay, LONGEST_TIMEOUT),
    );
    this.#timer.unref();
  }

  #disarm(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#wakeAt = Infinity;
  }

  /** Whether it stands in this heap, not in that of another. */
  #holds(timed: Timed): boolean {
    return timed.slot !== -1 && this.#heap[timed.slot] === timed;
  }

  #remove(timed: Timed): void {
    const { slot } = timed;
    const last = this.#heap.pop() as Timed;
    timed.slot = -1;
    if (last !== timed) {
      this.#place(last, slot);
      this.#rise(last);
      this.#sink(last);
    }
  }

  #rise(timed: Timed): void {
    let { slot } = timed;
    while (slot > 0) {
      const above = (slot - 1) >> 1;
      const parent = this.#heap[above] as Timed;
      if (parent.due <= timed.due) {
        break;
      }
      this.#place(parent, slot);
      slot = above;
    }
    this.#place(timed, slot);
  }

  #sink(timed: Timed): void {
    const heap = this.#heap;
    let { slot } = timed;
    for (;;) {
      const left = 2 * slot + 1;
      const right = heap[left + 1];
      let child = heap[left];
      if (child === undefined) {
        break;
      }
      if (right !== undefined && right.due < child.due) {
        child = right;
      }
      if (child.due >= timed.due) {
        break;
      }
      const below = child.slot;
      this.#place(child, slot);
      slot = below;
    }
    this.#place(timed, slot);
  }

  #place(timed: Timed, slot: number): void {
    this.#heap[slot] = timed;
    timed.slot = slot;
  }
}
