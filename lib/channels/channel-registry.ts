import { randomUUID } from 'node:crypto';
import { when } from '../backends/maybe-promise.js';
import type { MaybePromise } from '../backends/backend.js';
import { formatPosition } from '../log/position.js';
import type { SseConnection } from '../sessions/connection.js';
import { Emitter, type Listener } from '../sessions/emitter.js';
import type { Engine } from '../sessions/engine.js';
import { Outcome } from '../sessions/outcome.js';
import type { SessionRegistry } from '../sessions/session-registry.js';
import type { SseSession } from '../sessions/session.js';
import { SseChannelsError } from '../wire/errors.js';
import type { Serializer } from '../wire/serialize.js';
import { Channel, type AnyChannel } from './channel.js';
import type { ChannelHost } from './channel-host.js';
import {
  resolveChannelOptions,
  storedOptions,
  type ChannelOptions,
  type ChannelVisibility,
} from './channel.options.js';
import { ChannelStream, type ChannelStreamOptions } from './channel-stream.js';
import { channelStats, type ChannelStats } from './channel-stats.js';
import { nameOf, optionsOf } from './channel-name.js';
import { assertSame, conflict } from './options-conflict.js';
import type {
  AnyEvents,
  ChannelEvents,
  ChannelName,
} from './define-channel.js';

/** Events of the registry, with what their listeners get. */
export interface ChannelRegistryListeners {
  /** A failure nobody waited for, or of something the application gave. */
  failure: [error: unknown];
  'channel-created': [channel: AnyChannel];
  'channel-closed': [channel: AnyChannel];
}

/** What the deployment knows of a channel. */
export interface ChannelInfo {
  readonly name: string;
  readonly visibility: ChannelVisibility;
}

/** What the registry needs of the module's options. */
export interface ChannelRegistryOptions {
  readonly channelDefaults: ChannelOptions;
  readonly serializer: Serializer;
}

/** The channels of an application. */
export class ChannelRegistry {
  readonly #channels = new Map<string, AnyChannel>();
  readonly #emitter: Emitter<ChannelRegistryListeners>;
  readonly #host: ChannelHost;

  /** @internal */
  constructor(
    private readonly engine: Engine,
    private readonly sessions: SessionRegistry,
    private readonly options: ChannelRegistryOptions,
    log: (error: unknown) => void,
  ) {
    this.#emitter = new Emitter(log);
    this.#host = {
      engine,
      sessionOf: (connection) => this.#sessionOf(connection),
      expire: (channel) => void this.delete(channel.name),
      closed: (channel) => this.#closed(channel),
    };
  }

  /**
   * Creates a channel; without a name it gets one of its own.
   *
   * @throws SseChannelsError `CHANNEL_EXISTS`, `CHANNEL_OPTIONS_CONFLICT`,
   * `INVALID_CHANNEL_NAME`, `INVALID_OPTIONS`
   */
  create<E extends ChannelEvents = AnyEvents>(
    channel: ChannelName<E> = `channel_${randomUUID()}`,
    options?: ChannelOptions,
  ): Channel<E> {
    const name = nameOf(channel);
    if (this.#channels.has(name)) {
      throw new SseChannelsError(
        'CHANNEL_EXISTS',
        `There is a channel ${JSON.stringify(name)} already`,
        'Use getOrCreate, or another name.',
      );
    }
    return this.getOrCreate(channel, options);
  }

  /** The channel of that name in this process, if there is one. */
  get<E extends ChannelEvents = AnyEvents>(
    channel: ChannelName<E>,
  ): Channel<E> | undefined {
    return this.#channels.get(nameOf(channel));
  }

  /**
   * The channel of that name, made when there is none. The first options it is
   * given win; different ones later are refused.
   *
   * @throws SseChannelsError `CHANNEL_OPTIONS_CONFLICT`,
   * `INVALID_CHANNEL_NAME`, `INVALID_OPTIONS`
   */
  getOrCreate<E extends ChannelEvents = AnyEvents>(
    channel: ChannelName<E>,
    options: ChannelOptions | undefined = optionsOf(channel),
  ): Channel<E> {
    const name = nameOf(channel);
    const known = this.#channels.get(name);
    if (known === undefined) {
      return this.#open(name, options);
    }
    if (options !== undefined) {
      this.#reconcile(known, options);
    }
    return known;
  }

  /** Whether this process has a channel of that name. */
  has(channel: ChannelName<object>): boolean {
    return this.#channels.has(nameOf(channel));
  }

  /** The names of this process's channels. */
  list(): string[] {
    return [...this.#channels.keys()];
  }

  /** What the deployment knows of a channel, if there is one. */
  find(channel: ChannelName<object>): Promise<ChannelInfo | undefined> {
    return this.#command(() => {
      const name = nameOf(channel);
      return when(this.engine.follower.backend.find(name), (record) =>
        record === undefined
          ? undefined
          : {
              name,
              visibility: (record.options?.['visibility'] ??
                'private') as ChannelVisibility,
            },
      );
    });
  }

  /**
   * A channel's numbers.
   *
   * @returns rejects with `CHANNEL_NOT_FOUND`
   */
  stats(channel: ChannelName<object>): Promise<ChannelStats> {
    return this.#command(() => {
      const name = nameOf(channel);
      return channelStats(this.engine.follower, name, this.#channels.get(name));
    });
  }

  /**
   * Deletes a channel with its history, for the whole deployment. Clients that
   * come back to it later get a gap.
   *
   * @returns whether there was one
   */
  delete(channel: ChannelName<object>): Promise<boolean> {
    return this.#command(() => {
      const name = nameOf(channel);
      const known = this.#channels.get(name);
      known?.close();
      return when(
        this.engine.follower.backend.remove(name),
        (removed) => removed || known !== undefined,
      );
    });
  }

  /** The id of the deployment's newest position. */
  head(): Promise<string> {
    return this.#command(() => {
      const { epoch, seq } = this.engine.follower.head;
      return formatPosition(epoch, seq);
    });
  }

  /**
   * The events of one or more channels in their one order: those after an id
   * first, with a `channels:gap` where some are lost, then live. Returned alone
   * from an `@SseChannel` handler it keeps ids and resumes.
   */
  stream(
    channels: ChannelName<object> | readonly ChannelName<object>[],
    { after }: ChannelStreamOptions = {},
  ): ChannelStream {
    const list = Array.isArray(channels) ? channels : [channels];
    const names = list.map((channel: ChannelName<object>) => nameOf(channel));
    return new ChannelStream(this.engine, [...new Set(names)], after, (name) =>
      this.getOrCreate(name),
    );
  }

  on<K extends keyof ChannelRegistryListeners>(
    event: K,
    listener: Listener<ChannelRegistryListeners[K]>,
  ): this {
    this.#emitter.on(event, listener);
    return this;
  }

  once<K extends keyof ChannelRegistryListeners>(
    event: K,
    listener: Listener<ChannelRegistryListeners[K]>,
  ): this {
    this.#emitter.once(event, listener);
    return this;
  }

  off<K extends keyof ChannelRegistryListeners>(
    event: K,
    listener: Listener<ChannelRegistryListeners[K]>,
  ): this {
    this.#emitter.off(event, listener);
    return this;
  }

  /** @internal */
  fail(error: unknown): void {
    this.#emitter.emit('failure', error);
  }

  #open(name: string, options: ChannelOptions | undefined): AnyChannel {
    const record = {
      name,
      options: options && storedOptions(this.#resolve(options)),
    };
    const declared = this.engine.follower.backend.declare(record);
    const stored = declared instanceof Promise ? undefined : declared.options;
    const resolved = this.#resolve({ ...stored, ...options });
    const channel: AnyChannel = new Channel(name, resolved, this.#host);
    channel.adopt(
      resolved,
      when(declared, (winner) => assertSame(name, winner.options, record)),
    );
    this.#channels.set(name, channel);
    this.#emitter.emit('channel-created', channel);
    return channel;
  }

  /** Options given to a channel that stands: its first ones, or the same. */
  #reconcile(channel: AnyChannel, options: ChannelOptions): void {
    const { name } = channel;
    const resolved = this.#resolve(options);
    const record = { name, options: storedOptions(resolved) };
    const declared = this.engine.follower.backend.declare(record);
    const settled = when(declared, (winner) =>
      assertSame(name, winner.options, record),
    );
    const { canReceive } = channel.options;
    if (canReceive !== undefined && canReceive !== resolved.canReceive) {
      throw conflict(name);
    }
    channel.adopt(resolved, settled);
  }

  #resolve(options: ChannelOptions): ReturnType<typeof resolveChannelOptions> {
    const { channelDefaults, serializer } = this.options;
    return resolveChannelOptions(
      { ...channelDefaults, ...options },
      serializer,
    );
  }

  #sessionOf(connection: SseConnection): SseSession {
    if (connection.session === undefined) {
      connection.adopt(this.engine);
      return this.sessions.enter(connection, {});
    }
    return connection.session;
  }

  #closed(channel: AnyChannel): void {
    // One that was replaced meanwhile must not take its successor away.
    if (this.#channels.get(channel.name) === channel) {
      this.#channels.delete(channel.name);
    }
    this.#emitter.emit('channel-closed', channel);
  }

  #command<T>(run: () => MaybePromise<T>): Promise<T> {
    return Outcome.of(run, (error) => this.engine.report(error));
  }
}
