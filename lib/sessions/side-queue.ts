import type { Frame } from '../wire/frame.js';

interface Waiting {
  readonly frame: Frame;
  /** Log entries up to this seq go first. */
  readonly at: number;
}

/**
 * What no log holds and a connection cannot take yet, in call order. Each frame
 * remembers the position at which it was sent, so it stands among the replayed
 * events where it would have stood live.
 */
export class SideQueue {
  #frames: Waiting[] = [];
  #bytes = 0;

  get isEmpty(): boolean {
    return this.#frames.length === 0;
  }

  /**
   * @returns false when the limit is passed; one larger frame passes when
   * nothing waits
   */
  push(frame: Frame, at: number, maxBytes: number): boolean {
    if (this.#bytes > 0 && this.#bytes + frame.size > maxBytes) {
      return false;
    }
    this.#frames.push({ frame, at });
    this.#bytes += frame.size;
    return true;
  }

  /** Takes out the frames that were sent at or before a position. */
  release(upTo: number): readonly Frame[] {
    const [oldest] = this.#frames;
    if (oldest === undefined || oldest.at > upTo) {
      return [];
    }
    const held = this.#frames.findIndex(({ at }) => at > upTo);
    const released = this.#frames.splice(
      0,
      held === -1 ? this.#frames.length : held,
    );
    for (const { frame } of released) {
      this.#bytes -= frame.size;
    }
    return released.map(({ frame }) => frame);
  }
}
