import { Observable } from 'rxjs';
import type { MaybePromise } from '../backends/backend.js';
import type { Feed } from '../backends/feed.js';
import type { SseConnection } from '../sessions/connection.js';
import { Emitter, type Listener } from '../sessions/emitter.js';
import type { SseMessage } from '../sessions/message.js';
import { Outcome } from '../sessions/outcome.js';
import { SseSession } from '../sessions/session.js';
import { SseChannelsError } from '../wire/errors.js';
import { Frame } from '../wire/frame.js';
import { ChannelEvent } from './channel-event.js';
import type {
  ChannelVisibility,
  ResolvedChannelOptions,
} from './channel.options.js';
import type { AnyEvents, ChannelEvents } from './define-channel.js';
import type { ChannelHost } from './channel-host.js';
import type { ChannelListeners } from './channel-listeners.js';
import { EmptyTimer } from './empty-timer.js';
import { Observers } from './observers.js';
import { publish } from './publish.js';
import type { PublishOptions } from './publish.options.js';
import type { Published } from './published.js';
import { settleRegistration, type RegisterOptions } from './registration.js';
import { Roster } from './roster.js';

/** Arguments behind an event's name: one without data needs none. */
export type BroadcastArguments<D> = undefined extends D
  ? [data?: D, options?: PublishOptions]
  : [data: D, options?: PublishOptions];

/** A channel of whatever events. */
export type AnyChannel = Channel;

/** A named point from which an event fans out to every session on it. */
export class Channel<E extends ChannelEvents = AnyEvents> {
  /**
   * The channel's events from now on. Whoever subscribes is a member: the
   * channel is not empty. Completes when the channel closes.
   */
  readonly events$: Observable<ChannelEvent>;
  /** @internal */
  readonly feed: Feed;
  readonly #host: ChannelHost;
  readonly #roster: Roster;
  readonly #emitter: Emitter<ChannelListeners>;
  readonly #emptyTimer: EmptyTimer;
  readonly #observers: Observers;
  #options: ResolvedChannelOptions;
  #ready: MaybePromise<void> = undefined;
  #isClosed = false;

  /** @internal Channels are made by the registry. */
  constructor(
    readonly name: string,
    options: ResolvedChannelOptions,
    host: ChannelHost,
  ) {
    const { engine } = host;
    this.#options = options;
    this.#host = host;
    this.feed = engine.follower.createFeed(name, options.limits);
    this.#emitter = new Emitter((error) => engine.report(error));
    this.#emptyTimer = new EmptyTimer(engine.deadlines, () =>
      host.expire(this as unknown as AnyChannel),
    );
    this.#observers = new Observers(this.feed);
    this.#roster = new Roster(this.feed, {
      joined: (session) => {
        this.#emptyTimer.cancel();
        this.#emitter.emit('session-registered', session);
      },
      left: (session, disconnected) => this.#left(session, disconnected),
    });
    this.events$ = new Observable((subscriber) =>
      this.tap(
        (event) => subscriber.next(event),
        () => subscriber.complete(),
      ),
    );
  }

  /** How much history it keeps; a `size` of 0 is none. */
  get history(): ResolvedChannelOptions['limits'] {
    return this.#options.limits;
  }

  get visibility(): ChannelVisibility {
    return this.#options.visibility;
  }

  /** What this channel does beside passing events on. */
  get capabilities(): {
    readonly history: boolean;
    readonly ephemeral: boolean;
    readonly emptyTimeout: number;
  } {
    const { limits, ephemeral, emptyTimeout } = this.#options;
    return { history: limits.size > 0, ephemeral, emptyTimeout };
  }

  /** The sessions on it, in this process. */
  get sessions(): readonly SseSession[] {
    return this.#roster.sessions;
  }

  /** How many sessions are on it; one with several connections counts once. */
  get sessionCount(): number {
    return this.#roster.size;
  }

  /** Whether a session is on it, in this process. */
  hasSession(session: SseSession): boolean {
    return this.#roster.get(session) !== undefined;
  }

  /** How many connections get its events, in this process. */
  get connectionCount(): number {
    return this.feed.links.size;
  }

  get isClosed(): boolean {
    return this.#isClosed;
  }

  /** Resolves once the backend has stored the channel. */
  ready(): Promise<void> {
    return this.#command(() => this.#ready);
  }

  /**
   * Registers a session, or one connection alone. Takes effect at once: what
   * is broadcast from now on is received. Idempotent.
   *
   * A session counts from now; `after` fetches what was published since then.
   * A connection built on its own that is registered in the tick it was built
   * in resumes from the `Last-Event-ID` it brought.
   *
   * @throws SseChannelsError `CHANNEL_CLOSED`, `SESSION_ENDED`,
   * `CONNECTION_CLOSED`
   */
  register(
    target: SseSession | SseConnection,
    options: RegisterOptions = {},
  ): void {
    this.#assertOpen();
    const isSession = target instanceof SseSession;
    if (isSession) {
      target.assertAlive();
    } else {
      target.assertOpen();
    }
    const session = isSession ? target : this.#host.sessionOf(target);
    const connection = isSession ? undefined : target;
    this.#roster.join(session, (membership) => {
      settleRegistration(this.#host.engine, membership, connection, options);
    });
  }

  /**
   * Puts a connection that opens a stream of this channel on it: the cursor it
   * brought decides where it starts.
   *
   * @internal
   */
  bind(connection: SseConnection): void {
    this.#assertOpen();
    const session = this.#host.sessionOf(connection);
    this.#roster.join(session, (membership) => {
      const { head } = this.#host.engine.follower;
      membership.link(connection, head.seq, true, false);
    });
  }

  /**
   * Takes a session, or one connection of it, off the channel; the connection
   * stays open. One that is not on it is left as it is.
   */
  deregister(target: SseSession | SseConnection): void {
    if (target instanceof SseSession) {
      this.#roster.get(target)?.release(false);
    } else if (target.session !== undefined) {
      this.#roster.get(target.session)?.releaseConnection(target);
    }
  }

  /**
   * Sends an event to every session on the channel, and to those that come
   * back for it. With the memory backend it stands in the batch of every live
   * connection when this returns.
   *
   * @returns rejects with an SseChannelsError when the event is not valid or
   * the backend cannot take it; nothing was sent then
   */
  broadcast<K extends keyof E & string>(
    event: K,
    ...[data, options]: BroadcastArguments<E[K]>
  ): Promise<Published> {
    return this.send({ event, data }, options);
  }

  /** {@link broadcast} with every field of an event, or none of them. */
  send(message: SseMessage, options: PublishOptions = {}): Promise<Published> {
    return this.#command(() => {
      this.#assertOpen();
      const { backend } = this.#host.engine.follower;
      return publish(backend, this.name, message, options, this.#options);
    });
  }

  on<K extends keyof ChannelListeners>(
    event: K,
    listener: Listener<ChannelListeners[K]>,
  ): this {
    this.#emitter.on(event, listener);
    this.#followForListeners();
    return this;
  }

  once<K extends keyof ChannelListeners>(
    event: K,
    listener: Listener<ChannelListeners[K]>,
  ): this {
    this.#emitter.once(event, listener);
    this.#followForListeners();
    return this;
  }

  off<K extends keyof ChannelListeners>(
    event: K,
    listener: Listener<ChannelListeners[K]>,
  ): this {
    this.#emitter.off(event, listener);
    this.#followForListeners();
    return this;
  }

  /**
   * Closes the channel in this process: its sessions are told and taken off,
   * their connections stay. `registry.delete(name)` removes it everywhere.
   */
  close(): void {
    if (this.#isClosed) {
      return;
    }
    this.#isClosed = true;
    this.#host.closed(this as unknown as AnyChannel);
    this.#tell('channels:closed', { channel: this.name });
    this.#roster.clear();
    this.#emptyTimer.cancel();
    this.#emitter.emit('close');
    this.#emitter.clear();
    this.#followForListeners();
  }

  /**
   * Observes the channel's events from now on.
   *
   * @internal
   */
  tap(next: (event: ChannelEvent) => void, closed: () => void): () => void {
    if (this.#isClosed) {
      closed();
      return () => {};
    }
    const since = this.#host.engine.follower.head.seq;
    const untap = this.#observers.add(since, next);
    this.#emitter.on('close', closed);
    this.#emptyTimer.cancel();
    return () => {
      this.#emitter.off('close', closed);
      untap();
      this.#expireIfEmpty();
    };
  }

  /** @internal */
  get options(): ResolvedChannelOptions {
    return this.#options;
  }

  /** @internal Options, at its birth or when they come later. */
  adopt(options: ResolvedChannelOptions, ready: MaybePromise<void>): void {
    this.#options = options;
    this.#ready = ready;
    this.feed.limits = options.limits;
    const { canReceive } = options;
    this.#roster.receiveFilter =
      canReceive &&
      ((session, entry) =>
        canReceive(session as SseSession, ChannelEvent.of(entry)));
  }

  /** Sends a control frame to every connection on the channel. */
  #tell(event: string, data: object): void {
    const frame = Frame.event({ event, data: JSON.stringify(data) });
    for (const session of this.#roster.sessions) {
      this.#roster.get(session)?.write(frame);
    }
  }

  #left(session: SseSession, disconnected: boolean): void {
    if (disconnected) {
      this.#emitter.emit('session-disconnected', session);
    }
    this.#emitter.emit('session-deregistered', session);
    this.#expireIfEmpty();
  }

  /** A channel that was joined and is empty again may be a temporary one. */
  #expireIfEmpty(): void {
    const { ephemeral, emptyTimeout } = this.#options;
    const members = this.sessionCount + this.#observers.count;
    if (this.#isClosed || members > 0) {
      return;
    }
    if (emptyTimeout > 0) {
      this.#emptyTimer.start(emptyTimeout);
    } else if (ephemeral) {
      this.#host.expire(this as unknown as AnyChannel);
    }
  }

  #followForListeners(): void {
    this.#observers.hear(this.#emitter.count('broadcast') > 0, (event) =>
      this.#emitter.emit('broadcast', event),
    );
  }

  #command<T>(run: () => MaybePromise<T>): Promise<T> {
    return Outcome.of(run, (error) => this.#host.engine.report(error));
  }

  #assertOpen(): void {
    if (this.#isClosed) {
      throw new SseChannelsError(
        'CHANNEL_CLOSED',
        `Channel ${JSON.stringify(this.name)} is closed`,
        'Get the one that stands now: registry.getOrCreate(name).',
      );
    }
  }
}
