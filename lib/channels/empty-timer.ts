import type { Deadlines, Timed } from '../wire/deadlines.js';

/** Runs while a channel is empty after a first member has left. */
export class EmptyTimer implements Timed {
  due = 0;
  slot = -1;

  constructor(
    private readonly deadlines: Deadlines,
    private readonly expire: () => void,
  ) {}

  start(ms: number): void {
    this.deadlines.set(this, ms);
  }

  cancel(): void {
    this.deadlines.clear(this);
  }

  fire(): void {
    this.expire();
  }
}
