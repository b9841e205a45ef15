interface Waiter<T> {
  readonly matches: (item: T) => boolean;
  readonly resolve: (item: T) => void;
  readonly reject: (error: Error) => void;
  readonly timer: NodeJS.Timeout | undefined;
  /** How far this waiter has looked, so that no item is tested twice. */
  scanned: number;
}

/**
 * Keeps everything that arrived and hands it out once, in order. Those who wait
 * are served first come, first served: two waits under way never get the same
 * item.
 */
export class Mailbox<T> {
  readonly items: T[] = [];

  readonly #waiters: Waiter<T>[] = [];
  #consumed = 0;
  #ended = false;
  #failure: () => Error = () => new Error('The stream ended.');

  put(item: T): void {
    this.items.push(item);
    this.#serve();
  }

  /** No more will come: who still waits after what is here is told why. */
  end(failure: () => Error): void {
    if (this.#ended) return;
    this.#ended = true;
    this.#failure = failure;
    this.#serve();
  }

  /**
   * @param timeout milliseconds; 0 waits until the stream ends
   * @param late what to reject with when the time is up
   */
  take(
    matches: (item: T) => boolean,
    timeout: number,
    late: () => Error,
  ): Promise<T> {
    return new Promise((resolve, reject) => {
      const waiter: Waiter<T> = {
        matches,
        resolve,
        reject,
        scanned: 0,
        timer:
          timeout > 0
            ? setTimeout(() => {
                this.#waiters.splice(this.#waiters.indexOf(waiter), 1);
                reject(late());
                this.#serve();
              }, timeout)
            : undefined,
      };
      this.#waiters.push(waiter);
      this.#serve();
    });
  }

  #serve(): void {
    for (;;) {
      const waiter = this.#waiters[0];
      if (waiter === undefined) return;
      let settle: (() => void) | undefined;
      try {
        settle = this.#find(waiter);
      } catch (error) {
        // A predicate that throws is its caller's failure, not the stream's.
        settle = () => waiter.reject(error as Error);
      }
      if (settle === undefined) return;
      this.#waiters.shift();
      clearTimeout(waiter.timer);
      settle();
    }
  }

  #find(waiter: Waiter<T>): (() => void) | undefined {
    for (
      let index = Math.max(waiter.scanned, this.#consumed);
      index < this.items.length;
      index++
    ) {
      const item = this.items[index] as T;
      waiter.scanned = index + 1;
      if (waiter.matches(item)) {
        this.#consumed = index + 1;
        return () => waiter.resolve(item);
      }
    }
    if (!this.#ended) return undefined;
    const failure = this.#failure();
    return () => waiter.reject(failure);
  }
}
