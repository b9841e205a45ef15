/**
 * The ids callers gave to a channel's events, and the seq of each. It outlives
 * the entries for a while, so that a cursor just behind the window is told
 * what it missed instead of being unknown.
 *
 * An id that is used again keeps its oldest place: a client that resumes from
 * it gets some events twice rather than one never.
 */
export class CallerIds {
  readonly #seqs = new Map<string, number>();

  constructor(private readonly capacity: number) {}

  get size(): number {
    return this.#seqs.size;
  }

  add(id: string, seq: number): void {
    if (this.#seqs.has(id)) {
      return;
    }
    this.#seqs.set(id, seq);
    if (this.#seqs.size > this.capacity) {
      const oldest = this.#seqs.keys().next();
      if (oldest.done !== true) {
        this.#seqs.delete(oldest.value);
      }
    }
  }

  seqOf(id: string): number | undefined {
    return this.#seqs.get(id);
  }
}
