import type { Serializer } from '../wire/serialize.js';
import { Frame } from '../wire/frame.js';
import type { Timed } from '../wire/deadlines.js';
import { SseChannelsError } from '../wire/errors.js';
import type { CloseReason } from './close-reason.js';
import type { SseConnection } from './connection.js';
import type { Membership } from './membership.js';
import { checkMessage, type SseMessage } from './message.js';
import type { SessionRegistry } from './session-registry.js';
import { Outcome } from './outcome.js';
import { pumpSource, type EventSourceLike } from './source.js';

/**
 * The application's own data of a session. Declare its keys by declaration
 * merging, and `session.data` is typed everywhere:
 *
 * ```ts
 * declare module 'nestjs-sse-channels' {
 *   interface SseSessionData { roles: string[] }
 * }
 * ```
 */
// eslint-disable-next-line @typescript-eslint/no-empty-object-type -- merged into by applications
export interface SseSessionData {}

/** Who a session is. Without an id it is anonymous. */
export interface SessionIdentity {
  /** The same id from several connections is one session. */
  readonly id?: string | undefined;
  readonly userId?: string | null | undefined;
  readonly data?: Partial<SseSessionData> | undefined;
}

/** Options of {@link SseSession.stream}. */
export interface StreamOptions {
  /** The name of each event. Defaults to `message`. */
  readonly event?: string;
}

/**
 * The party registered on channels: one anonymous connection, or all the
 * connections of one identity.
 */
export class SseSession {
  /** An anonymous session's id ends with its connection. */
  readonly id: string;
  /** False: exactly one connection, and it ends with it. */
  readonly isIdentified: boolean;
  readonly data: SseSessionData;
  #userId: string | undefined;
  #isEnded = false;
  readonly #connections = new Set<SseConnection>();
  readonly #memberships = new Set<Membership>();
  #grace: Timed | undefined;

  /** @internal */
  constructor(
    private readonly registry: SessionRegistry,
    id: string,
    identity: SessionIdentity,
  ) {
    this.id = id;
    this.isIdentified = identity.id !== undefined;
    this.#userId = identity.userId ?? undefined;
    this.data = { ...identity.data };
  }

  /** The application's identity of the user, if it gave one. */
  get userId(): string | undefined {
    return this.#userId;
  }

  get connections(): ReadonlySet<SseConnection> {
    return this.#connections;
  }

  /** Whether a connection is open; an identified session may wait for one. */
  get isConnected(): boolean {
    // One that closes stays in the set until its channels have been told.
    return (
      !this.#isEnded && [...this.#connections].some(({ isOpen }) => isOpen)
    );
  }

  /** Whether it ended: nothing reaches it any more. */
  get isEnded(): boolean {
    return this.#isEnded;
  }

  /**
   * Sends an event to this session's connections alone; it is not stored.
   *
   * @returns false when no connection is open
   * @throws SseChannelsError when the event is not valid; nothing is written
   */
  push(data: unknown): boolean;
  push(event: string, data: unknown): boolean;
  push(...args: [unknown] | [string, unknown]): boolean {
    return this.send(
      args.length === 1 ? { data: args[0] } : { event: args[0], data: args[1] },
    );
  }

  /**
   * Sends one block to this session's connections alone.
   *
   * @returns false when no connection is open
   * @throws SseChannelsError when a field is not valid; nothing is written
   */
  send(message: SseMessage): boolean {
    const { fields } = checkMessage(message, this.#serializer);
    return this.write(Frame.event(fields));
  }

  /**
   * Sends each item of a source as one event, as fast as the slowest of the
   * session's connections takes them.
   *
   * @returns resolves with true once the source has ended, with false when the
   * session's connections closed before (the source is then closed)
   */
  stream(
    source: EventSourceLike,
    options: StreamOptions = {},
  ): Promise<boolean> {
    return Outcome.of(
      () =>
        pumpSource(source, this.#connections, (data) => {
          this.send({ event: options.event, data });
        }),
      (error) => this.registry.report(error),
    );
  }

  /** Sends what `fn` sends as one write to each connection. */
  batch<T>(fn: () => T): T {
    const corked = [...this.#connections];
    for (const { delivery } of corked) {
      delivery.outbox.cork();
    }
    const uncork = (): void => {
      for (const { delivery } of corked) {
        delivery.outbox.uncork();
      }
    };
    let result: T;
    try {
      result = fn();
    } catch (error) {
      uncork();
      throw error;
    }
    if (result instanceof Promise) {
      // The caller's promise is theirs; this one only waits for its end.
      result.then(uncork, uncork);
    } else {
      uncork();
    }
    return result;
  }

  /**
   * Signs a user in, or out with `null`: from then on events to a user reach
   * this session by the new name, and by the old no more.
   */
  setUser(userId: string | null): Promise<void> {
    return Outcome.of(
      () => {
        this.assertAlive();
        this.registry.changeUser(this, userId ?? undefined, () => {
          this.#userId = userId ?? undefined;
        });
      },
      (error) => this.registry.report(error),
    );
  }

  /** Ends all its connections and takes it off every channel. */
  end(): void {
    this.finish('ended');
  }

  /** @internal Sends bytes to every connection. */
  write(frame: Frame): boolean {
    let written = false;
    for (const connection of this.#connections) {
      written = connection.write(frame) || written;
    }
    return written;
  }

  /** @internal A connection joins, and what the session is registered on. */
  attach(connection: SseConnection): void {
    this.#connections.add(connection);
    connection.session = this;
    if (this.#grace !== undefined) {
      connection.delivery.engine.deadlines.clear(this.#grace);
      this.#grace = undefined;
    }
    const { head } = connection.delivery.engine.follower;
    for (const membership of this.#memberships) {
      if (membership.since !== undefined) {
        // A client without a cursor never gets what was before it came.
        const from =
          connection.lastEventId === undefined ? head.seq : membership.since;
        membership.link(connection, from, false, false);
      }
    }
  }

  /** @internal */
  detach(connection: SseConnection, reason: CloseReason): void {
    this.#connections.delete(connection);
    this.registry.leave(connection);
    if (this.#connections.size > 0 || this.#isEnded) {
      return;
    }
    const ttl = this.isIdentified ? this.registry.sessionTtl : 0;
    if (ttl === 0 || reason === 'shutdown') {
      this.finish(reason);
      return;
    }
    this.#grace = { due: 0, slot: -1, fire: () => this.finish(reason) };
    connection.delivery.engine.deadlines.set(this.#grace, ttl);
  }

  /** @internal */
  join(membership: Membership): void {
    this.#memberships.add(membership);
  }

  /** @internal */
  quit(membership: Membership): void {
    this.#memberships.delete(membership);
  }

  /** @internal Ends the session; told to channels as a disconnect. */
  finish(reason: CloseReason): void {
    if (this.#isEnded) {
      return;
    }
    this.#isEnded = true;
    this.registry.remove(this, this.#grace);
    for (const connection of this.#connections) {
      connection.close(reason);
    }
    for (const membership of this.#memberships) {
      membership.release(true);
    }
  }

  /** @internal @throws SseChannelsError `SESSION_ENDED` */
  assertAlive(): void {
    if (this.#isEnded) {
      throw new SseChannelsError(
        'SESSION_ENDED',
        `Session ${this.id} has ended`,
        'Its client has gone: look at session.isEnded before.',
      );
    }
  }

  get #serializer(): Serializer {
    return this.registry.serializer;
  }
}
