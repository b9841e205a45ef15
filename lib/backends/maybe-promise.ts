import type { MaybePromise } from './backend.js';

/**
 * Goes on once all values are there: in the same tick when none is a promise,
 * so that a synchronous backend stays synchronous all the way.
 */
export function whenAll<T, R>(
  values: readonly MaybePromise<T>[],
  next: (values: readonly T[]) => MaybePromise<R>,
): MaybePromise<R> {
  return values.some((value) => value instanceof Promise)
    ? Promise.all(values).then(next)
    : next(values as readonly T[]);
}

/** {@link whenAll} for one value. */
export function when<T, R>(
  value: MaybePromise<T>,
  next: (value: T) => MaybePromise<R>,
): MaybePromise<R> {
  return value instanceof Promise ? value.then(next) : next(value);
}
