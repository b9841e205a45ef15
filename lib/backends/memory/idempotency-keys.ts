import type { AppendResult } from '../backend.js';

interface Remembered {
  readonly result: AppendResult;
  readonly until: number;
}

/** The first result of each key, for a while. */
export class IdempotencyKeys {
  // By channel, then by key: no joined string could be kept apart for all
  // names and keys.
  readonly #channels = new Map<string, Map<string, Remembered>>();

  constructor(private readonly ttl: number) {}

  get(channel: string, key: string, now: number): AppendResult | undefined {
    const known = this.#channels.get(channel)?.get(key);
    return known !== undefined && known.until > now ? known.result : undefined;
  }

  set(channel: string, key: string, result: AppendResult, now: number): void {
    let keys = this.#channels.get(channel);
    if (keys === undefined) {
      keys = new Map();
      this.#channels.set(channel, keys);
    }
    // Deleted first, so that the map stays in the order of expiry.
    keys.delete(key);
    keys.set(key, { result, until: now + this.ttl });
    for (const [old, { until }] of keys) {
      if (until > now) {
        break;
      }
      keys.delete(old);
    }
  }

  forget(channel: string): void {
    this.#channels.delete(channel);
  }

  clear(): void {
    this.#channels.clear();
  }
}
