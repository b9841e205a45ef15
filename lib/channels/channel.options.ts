import type { LogEntry } from '../log/entry.js';
import type { Receiver } from '../log/audience.js';
import type { WindowLimits } from '../log/window.js';
import type { SseSession } from '../sessions/session.js';
import { SseChannelsError } from '../wire/errors.js';
import type { Serializer } from '../wire/serialize.js';
import type { ChannelEvent } from './channel-event.js';

/** Who may subscribe when a client itself asks for a channel. */
export type ChannelVisibility = 'private' | 'public' | 'unprotected';

/** How much of its events a channel keeps for clients that come back. */
export interface HistoryOptions {
  /** Greatest number of events; 0 is the same as `false`. Defaults to 500. */
  readonly size?: number;
  /**
   * Greatest number of bytes, approximately; the newest event is always held.
   * Defaults to 16 MiB.
   */
  readonly bytes?: number;
  /** Greatest age in milliseconds; 0 for none. Defaults to 0. */
  readonly ttl?: number;
}

/** Options of a channel. */
export interface ChannelOptions {
  /** `false` keeps nothing: a client that comes back is told so. */
  readonly history?: HistoryOptions | false;
  /**
   * Milliseconds a channel may be empty, after a first member has left, before
   * it is deleted. Defaults to 0, which is off.
   */
  readonly emptyTimeout?: number;
  /**
   * The channel is deleted when its last session ends; with `emptyTimeout`,
   * after that delay. Defaults to false.
   */
  readonly ephemeral?: boolean;
  /** Defaults to `private`. */
  readonly visibility?: ChannelVisibility;
  /** Decides per session and event, live and on replay. Defaults to all. */
  readonly canReceive?: (session: SseSession, event: ChannelEvent) => boolean;
  /** For data that is no string. Defaults to the module's. */
  readonly serializer?: Serializer;
}

/** A channel's options with every default filled in. */
export interface ResolvedChannelOptions {
  readonly limits: WindowLimits;
  readonly emptyTimeout: number;
  readonly ephemeral: boolean;
  readonly visibility: ChannelVisibility;
  readonly canReceive: ChannelOptions['canReceive'];
  readonly serializer: Serializer;
}

/** A filter on sessions as links apply it. */
export type EntryFilter = (session: Receiver, entry: LogEntry) => boolean;

const VISIBILITIES: readonly unknown[] = ['private', 'public', 'unprotected'];

/**
 * Fills in the defaults.
 *
 * @throws SseChannelsError `INVALID_OPTIONS`
 */
export function resolveChannelOptions(
  options: ChannelOptions,
  serializer: Serializer,
): ResolvedChannelOptions {
  const { history = {}, visibility = 'private', canReceive } = options;
  const { emptyTimeout = 0, ephemeral = false } = options;
  const {
    size = 500,
    bytes = 16 * 1024 * 1024,
    ttl = 0,
  } = history === false ? { size: 0 } : history;
  checkCount('history.size', size);
  checkCount('history.bytes', bytes);
  checkCount('history.ttl', ttl);
  checkCount('emptyTimeout', emptyTimeout);
  if (!VISIBILITIES.includes(visibility)) {
    throw invalid('visibility', visibility, VISIBILITIES.join(', '));
  }
  if (canReceive !== undefined && typeof canReceive !== 'function') {
    throw invalid('canReceive', canReceive, 'a function');
  }
  return {
    limits: { size, bytes, ttl },
    emptyTimeout,
    ephemeral,
    visibility,
    canReceive,
    serializer: options.serializer ?? serializer,
  };
}

/** The part of the options that a backend stores, in one form. */
export function storedOptions(
  options: ResolvedChannelOptions,
): Record<string, unknown> {
  const { limits, emptyTimeout, ephemeral, visibility } = options;
  return { history: { ...limits }, emptyTimeout, ephemeral, visibility };
}

function checkCount(name: string, value: unknown): void {
  if (
    typeof value !== 'number' ||
    !(value >= 0) ||
    (value !== Infinity && !Number.isInteger(value))
  ) {
    throw invalid(name, value, 'a whole number of at least 0');
  }
}

function invalid(
  name: string,
  value: unknown,
  wanted: string,
): SseChannelsError {
  return new SseChannelsError(
    'INVALID_OPTIONS',
    `The channel option ${name} is ${String(value)}`,
    `It takes ${wanted}.`,
  );
}
