import type { Floor } from '../../log/gap.js';

/**
 * The floors of deleted channels. A cursor from before the deletion is told of
 * it; one from after has missed nothing.
 */
export class Tombstones {
  readonly #floors = new Map<string, number>();
  /** Where channels start of which nothing is remembered. */
  #common = 0;

  constructor(private readonly capacity: number) {}

  bury(channel: string, last: number): void {
    this.#floors.delete(channel);
    this.#floors.set(channel, last);
    if (this.#floors.size <= this.capacity) {
      return;
    }
    const oldest = this.#floors.entries().next();
    if (oldest.done !== true) {
      const [forgotten, floor] = oldest.value;
      this.#floors.delete(forgotten);
      this.#common = Math.max(this.#common, floor);
    }
  }

  floor(channel: string): Floor {
    return {
      floor: this.#floors.get(channel) ?? this.#common,
      cause: 'closed',
    };
  }

  /** The floor for a channel that is born again. */
  take(channel: string): Floor {
    const floor = this.floor(channel);
    this.#floors.delete(channel);
    return floor;
  }
}
