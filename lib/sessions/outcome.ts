import type { MaybePromise } from '../backends/backend.js';

/**
 * The promise of a command. A failure that nobody looked at is reported
 * instead of becoming an unhandled rejection; promises derived from it (`then`,
 * `catch`, `await`) are the caller's.
 */
export class Outcome<T> extends Promise<T> {
  // Derived promises are plain ones: they belong to whoever made them.
  static override get [Symbol.species](): PromiseConstructor {
    return Promise;
  }

  #isObserved = false;

  /** Runs a command; what it throws becomes a rejection. */
  static of<T>(
    command: () => MaybePromise<T>,
    report: (error: unknown) => void,
  ): Outcome<T> {
    const outcome = new Outcome<T>((resolve, reject) => {
      try {
        resolve(command());
      } catch (error) {
        reject(error);
      }
    });
    void super.prototype.then.call(outcome, undefined, (error: unknown) => {
      // Whoever got the promise has until the next turn to look at it.
      setImmediate(() => {
        if (!outcome.#isObserved) {
          report(error);
        }
      });
    });
    return outcome;
  }

  override then<A = T, B = never>(
    onFulfilled?: ((value: T) => A | PromiseLike<A>) | null,
    onRejected?: ((reason: unknown) => B | PromiseLike<B>) | null,
  ): Promise<A | B> {
    this.#isObserved = true;
    return super.then(onFulfilled, onRejected);
  }
}
