import { setImmediate as turn } from 'node:timers/promises';

/** What something emits next, as the arguments of its listener. */
export function emitted<A extends unknown[]>(
  once: (listener: (...args: A) => void) => unknown,
): Promise<A> {
  return new Promise((resolve) => {
    once((...args) => resolve(args));
  });
}

/** The typed error a promise rejects with. */
export async function rejection(promise: Promise<unknown>): Promise<unknown> {
  try {
    await promise;
  } catch (error) {
    return error;
  }
  throw new Error('It did not reject.');
}

/** Looks at every turn of the loop, for what no event tells of. */
export async function until(
  what: string,
  holds: () => boolean,
  seconds = 15,
): Promise<void> {
  const deadline = process.hrtime.bigint() + BigInt(seconds) * 1_000_000_000n;
  while (!holds()) {
    if (process.hrtime.bigint() > deadline) {
      throw new Error(`Waited in vain until ${what}.`);
    }
    await turn();
  }
}
