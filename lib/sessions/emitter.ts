/** A listener of one event. */
export type Listener<A extends unknown[]> = (...args: A) => unknown;

type EventMap<E> = { [K in keyof E]: unknown[] };

/**
 * Events of a channel, a connection or the registry. A listener that throws or
 * rejects stops neither the others nor what was going on: it is reported.
 */
export class Emitter<E extends EventMap<E>> {
  // Made with the first listener: most connections never have one.
  #listeners: Map<keyof E, Listener<never>[]> | undefined;

  constructor(private readonly report: (error: unknown) => void) {}

  on<K extends keyof E>(event: K, listener: Listener<E[K]>): void {
    this.#listeners ??= new Map();
    const known = this.#listeners.get(event) ?? [];
    this.#listeners.set(event, [...known, listener]);
  }

  once<K extends keyof E>(event: K, listener: Listener<E[K]>): void {
    const first = (...args: E[K]): unknown => {
      this.off(event, first);
      return listener(...args);
    };
    Object.defineProperty(first, 'listener', { value: listener });
    this.on(event, first);
  }

  off<K extends keyof E>(event: K, listener: Listener<E[K]>): void {
    const known = this.#listeners?.get(event);
    const left = known?.filter(
      (one) => one !== listener && Reflect.get(one, 'listener') !== listener,
    );
    if (left !== undefined && left.length > 0) {
      this.#listeners?.set(event, left);
    } else {
      this.#listeners?.delete(event);
    }
  }

  count(event: keyof E): number {
    return this.#listeners?.get(event)?.length ?? 0;
  }

  emit<K extends keyof E>(event: K, ...args: E[K]): void {
    const listeners = this.#listeners?.get(event) as
      Listener<E[K]>[] | undefined;
    // The list is replaced, never changed: one taken off meanwhile still runs.
    for (const listener of listeners ?? []) {
      try {
        const result = listener(...args);
        if (result instanceof Promise) {
          result.catch(this.report);
        }
      } catch (error) {
        this.report(error);
      }
    }
  }

  clear(): void {
    this.#listeners = undefined;
  }
}
