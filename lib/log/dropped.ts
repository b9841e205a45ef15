/**
 * The seqs a channel dropped lately, so that a gap can say how many events it
 * stands for. A ring of numbers: it forgets the oldest, and then says so.
 */
export class DroppedSeqs {
  readonly #ring: number[] = [];
  #next = 0;
  /** All seqs up to this one may be missing in the ring. */
  #forgotten: number;

  constructor(
    private readonly capacity: number,
    forgotten: number,
  ) {
    this.#forgotten = forgotten;
  }

  add(seq: number): void {
    if (this.#ring.length < this.capacity) {
      this.#ring.push(seq);
      return;
    }
    this.#forgotten = this.#ring[this.#next] ?? this.#forgotten;
    this.#ring[this.#next] = seq;
    this.#next = (this.#next + 1) % this.capacity;
  }

  /** How many were dropped after `cursor`; `null` when that is not known. */
  countAfter(cursor: number): number | null {
    if (cursor < this.#forgotten) {
      return null;
    }
    let count = 0;
    for (const seq of this.#ring) {
      if (seq > cursor) {
        count += 1;
      }
    }
    return count;
  }
}
