import type { ChannelBackend } from '../backends/backend.js';
import { memoryBackend } from '../backends/memory/memory-backend.js';
import type { ChannelOptions } from '../channels/channel.options.js';
import type { ChannelDefinition } from '../channels/define-channel.js';
import type { Identify } from '../channels/stream-opener.js';
import { checkDuration, checkWriter } from '../sessions/connection.options.js';
import type { DrainOptions } from '../sessions/drain.js';
import { SseChannelsError } from '../wire/errors.js';
import type { WriterMode } from '../wire/outlet.js';
import type { Serializer } from '../wire/serialize.js';

/** Where messages go. */
export interface ChannelsLogger {
  error(message: unknown, ...details: unknown[]): void;
  warn(message: unknown, ...details: unknown[]): void;
  log(message: unknown, ...details: unknown[]): void;
  debug?(message: unknown, ...details: unknown[]): void;
}

/** Options of the channels of one application. */
export interface ChannelsOptions {
  /** Gives positions and keeps history. Defaults to `memoryBackend()`. */
  readonly backend?: ChannelBackend;
  /** Channels made at start. Defaults to none. */
  readonly channels?: readonly ChannelDefinition<object>[];
  /** For every channel that does not say otherwise. Defaults to `{}`. */
  readonly channelDefaults?: ChannelOptions;
  /**
   * For channels born of route parameters or functions, whose names clients
   * choose. Defaults to `{ emptyTimeout: 600_000 }`.
   */
  readonly onDemand?: ChannelOptions;
  /**
   * Says who is behind a request. With an `id`, all its connections are one
   * session; without, each is a session of its own. Defaults to none.
   */
  readonly identify?: Identify<never>;
  /**
   * Milliseconds an identified session waits for its next connection.
   * Defaults to 30,000.
   */
  readonly sessionTtl?: number;
  /** Milliseconds between comments on a quiet stream. Defaults to 15,000. */
  readonly heartbeat?: number | false;
  /**
   * Milliseconds of the first `retry:`; each client gets 100 to 150 % of it.
   * Defaults to 2,000.
   */
  readonly retry?: number | false;
  /** Greatest age of a connection in milliseconds; 0 none. Defaults to 0. */
  readonly timeout?: number;
  /**
   * Milliseconds after which a socket that takes nothing is closed; 0 never.
   * Defaults to 30,000.
   */
  readonly writeTimeout?: number;
  /**
   * Bytes waiting in a socket above which its connection is behind and reads
   * from the log instead. Defaults to 256 KiB.
   */
  readonly pendingLimit?: number;
  /**
   * Bytes no log holds that may wait for one connection before it ends as
   * slow. Defaults to 1 MiB.
   */
  readonly maxPendingBytes?: number;
  /** Most events replayed at an open; 0 for all held. Defaults to 0. */
  readonly maxReplay?: number;
  /**
   * A query parameter that is taken for `Last-Event-ID` when that header is
   * missing. Defaults to false.
   */
  readonly cursorQuery?: string | false;
  /** For data that is no string. Defaults to `JSON.stringify`. */
  readonly serializer?: Serializer;
  /** How streams end at shutdown. */
  readonly drain?: DrainOptions;
  /**
   * `auto` writes straight to the socket where that is right, `response`
   * always through the response. Defaults to `auto`.
   */
  readonly writer?: WriterMode;
  /** Defaults to the console; in Nest to its `Logger`. */
  readonly logger?: ChannelsLogger;
}

/** Options with every default filled in. */
export type ResolvedChannelsOptions = Required<
  Omit<ChannelsOptions, 'identify' | 'drain'>
> & {
  readonly identify: Identify<never> | undefined;
  readonly drain: Required<DrainOptions>;
};

/** @throws SseChannelsError `INVALID_OPTIONS` */
export function resolveChannelsOptions(
  options: ChannelsOptions = {},
): ResolvedChannelsOptions {
  const { drain = {} } = options;
  const resolved: ResolvedChannelsOptions = {
    backend: options.backend ?? memoryBackend(),
    channels: options.channels ?? [],
    channelDefaults: options.channelDefaults ?? {},
    onDemand: options.onDemand ?? { emptyTimeout: 600_000 },
    identify: options.identify,
    sessionTtl: options.sessionTtl ?? 30_000,
    heartbeat: options.heartbeat ?? 15_000,
    retry: options.retry ?? 2_000,
    timeout: options.timeout ?? 0,
    writeTimeout: options.writeTimeout ?? 30_000,
    pendingLimit: options.pendingLimit ?? 256 * 1024,
    maxPendingBytes: options.maxPendingBytes ?? 1024 * 1024,
    maxReplay: options.maxReplay ?? 0,
    cursorQuery: options.cursorQuery ?? false,
    serializer: options.serializer ?? JSON.stringify,
    drain: {
      window: drain.window ?? 0,
      deadline: drain.deadline ?? 5_000,
      retry: drain.retry ?? [1_000, 10_000],
    },
    writer: options.writer ?? 'auto',
    logger: options.logger ?? console,
  };
  check(resolved);
  return resolved;
}

const DURATIONS = [
  'sessionTtl',
  'timeout',
  'writeTimeout',
  'pendingLimit',
  'maxPendingBytes',
  'maxReplay',
] as const;

function check(options: ResolvedChannelsOptions): void {
  for (const name of DURATIONS) {
    checkDuration(name, options[name], 0);
  }
  for (const name of ['heartbeat', 'retry'] as const) {
    const value = options[name];
    if (value !== false) {
      checkDuration(name, value, 1);
    }
  }
  if (options.retry !== false && !Number.isInteger(options.retry)) {
    throw invalid('retry', options.retry, 'a whole number of milliseconds');
  }
  const { window, deadline, retry } = options.drain;
  checkDuration('drain.window', window, 0);
  checkDuration('drain.deadline', deadline, 0);
  checkDuration('drain.retry', retry[0], 0);
  checkDuration('drain.retry', retry[1], retry[0]);
  checkWriter(options.writer);
  for (const name of ['serializer', 'identify'] as const) {
    const value: unknown = options[name];
    if (value !== undefined && typeof value !== 'function') {
      throw invalid(name, value, 'a function');
    }
  }
}

function invalid(
  name: string,
  value: unknown,
  wanted: string,
): SseChannelsError {
  return new SseChannelsError(
    'INVALID_OPTIONS',
    `The option ${name} is ${String(value)}`,
    `It takes ${wanted}.`,
  );
}
