import type { Deadlines, Timed } from '../wire/deadlines.js';
import { Frame } from '../wire/frame.js';
import type { Delivery } from './delivery.js';

const PING = Frame.event({ comment: '' });

/** Writes a heartbeat when nothing else was written for an interval. */
export class PingTimer implements Timed {
  due = 0;
  slot = -1;

  constructor(
    private readonly delivery: Delivery,
    /** Milliseconds; 0 is off. */
    public interval: number,
  ) {}

  start(): void {
    if (this.interval > 0 && !this.delivery.isEnded) {
      this.delivery.engine.deadlines.set(this, this.interval);
    }
  }

  stop(): void {
    this.delivery.engine.deadlines.clear(this);
  }

  fire(now: number): void {
    const { delivery, interval } = this;
    const quiet = now - delivery.outbox.wroteAt;
    const isQuiet = quiet >= interval;
    delivery.beat(isQuiet ? PING : undefined);
    delivery.engine.deadlines.set(this, isQuiet ? interval : interval - quiet);
  }
}

/** Ends a connection at its greatest age. */
export class AgeTimer implements Timed {
  due = 0;
  slot = -1;
  #deadlines: Deadlines | undefined;
  #wasSet = false;

  constructor(
    private readonly expire: () => void,
    private readonly timeout: number,
  ) {}

  /** Starts with the option's time, unless another was set before. */
  start(deadlines: Deadlines): void {
    if (!this.#wasSet) {
      this.set(deadlines, this.timeout);
    }
  }

  set(deadlines: Deadlines, ms: number): void {
    this.stop();
    this.#wasSet = true;
    if (ms > 0) {
      this.#deadlines = deadlines;
      deadlines.set(this, ms);
    }
  }

  /** @returns the milliseconds that were left, 0 when it did not run */
  stop(): number {
    const deadlines = this.#deadlines;
    if (deadlines === undefined || this.slot === -1) {
      return 0;
    }
    deadlines.clear(this);
    return Math.max(1, this.due - deadlines.now());
  }

  fire(): void {
    this.expire();
  }
}
