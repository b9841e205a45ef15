import { SseChannelsError } from '../wire/errors.js';
import type { WriterMode } from '../wire/outlet.js';

/** Options of a connection. */
export interface SseConnectionOptions {
  /** Send an empty comment each ping interval. Defaults to false. */
  readonly ping?: boolean;
  /** Milliseconds between pings. Defaults to 50,000. */
  readonly pingInterval?: number;
  /** Greatest age in milliseconds; 0 for none. Defaults to 0. */
  readonly timeout?: number;
  /**
   * `auto` writes straight to the socket where that is right; `response`
   * always goes through the response's own `write`. Defaults to `auto`.
   */
  readonly writer?: WriterMode;
}

/** Fills in the defaults. @throws SseChannelsError `INVALID_OPTIONS` */
export function normalizeConnectionOptions(
  options: SseConnectionOptions = {},
): Required<SseConnectionOptions> {
  const {
    ping = false,
    pingInterval = 50_000,
    timeout = 0,
    writer = 'auto',
  } = options;
  checkDuration('pingInterval', pingInterval, 1);
  checkDuration('timeout', timeout, 0);
  checkWriter(writer);
  if (typeof ping !== 'boolean') {
    throw new SseChannelsError(
      'INVALID_OPTIONS',
      `ping is ${String(ping)}`,
      'Give ping as true or false, and the time as pingInterval.',
    );
  }
  return { ping, pingInterval, timeout, writer };
}

/** @throws SseChannelsError `INVALID_OPTIONS` */
export function checkDuration(name: string, ms: number, least: number): void {
  if (typeof ms !== 'number' || !(ms >= least) || ms === Infinity) {
    throw new SseChannelsError(
      'INVALID_OPTIONS',
      `${name} is ${String(ms)}`,
      `Give ${name} as a number of milliseconds, at least ${least}.`,
    );
  }
}

/** @throws SseChannelsError `INVALID_OPTIONS` */
export function checkWriter(writer: unknown): void {
  if (writer !== 'auto' && writer !== 'response') {
    throw new SseChannelsError(
      'INVALID_OPTIONS',
      `writer is ${String(writer)}`,
      "Give writer as 'auto' or 'response'.",
    );
  }
}
