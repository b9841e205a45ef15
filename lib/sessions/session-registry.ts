import type { Timed } from '../wire/deadlines.js';
import type { Serializer } from '../wire/serialize.js';
import type { SseConnection } from './connection.js';
import type { Engine } from './engine.js';
import { SseSession, type SessionIdentity } from './session.js';

/** What the registry needs of the options. */
export interface SessionRegistryOptions {
  /** Milliseconds an identified session waits for its next connection. */
  readonly sessionTtl: number;
  readonly serializer: Serializer;
}

/** The sessions of this process. */
export class SessionRegistry {
  readonly #sessions = new Map<string, SseSession>();
  readonly #connections = new Map<string, SseConnection>();
  readonly #users = new Map<string, Set<SseSession>>();

  /** @internal */
  constructor(
    private readonly engine: Engine,
    private readonly options: SessionRegistryOptions,
  ) {}

  /** @internal */
  get sessionTtl(): number {
    return this.options.sessionTtl;
  }

  /** @internal */
  get serializer(): Serializer {
    return this.options.serializer;
  }

  /** @internal */
  report(error: unknown): void {
    this.engine.report(error);
  }

  /** How many sessions there are, identified ones between connections too. */
  get size(): number {
    return this.#sessions.size;
  }

  /** How many connections are open. */
  get connectionCount(): number {
    return this.#connections.size;
  }

  get(id: string): SseSession | undefined {
    return this.#sessions.get(id);
  }

  /** The sessions of this process; of one user when `userId` is given. */
  list(query: { readonly userId?: string } = {}): SseSession[] {
    return [
      ...(query.userId === undefined
        ? this.#sessions.values()
        : (this.#users.get(query.userId) ?? [])),
    ];
  }

  /** Ends a session. @returns resolves with false when there is none */
  end(id: string): Promise<boolean> {
    const session = this.#sessions.get(id);
    session?.end();
    return Promise.resolve(session !== undefined);
  }

  /** @internal */
  connection(id: string): SseConnection | undefined {
    return this.#connections.get(id);
  }

  /** @internal The session a connection belongs to, made when it is new. */
  enter(connection: SseConnection, identity: SessionIdentity): SseSession {
    // An anonymous session is its one connection, and has its id.
    const id = identity.id ?? connection.id;
    let session = this.#sessions.get(id);
    if (session === undefined) {
      session = new SseSession(this, id, identity);
      this.#sessions.set(id, session);
      this.#addUser(session, session.userId);
    } else {
      Object.assign(session.data, identity.data);
      if (identity.userId !== undefined && identity.userId !== session.userId) {
        void session.setUser(identity.userId);
      }
    }
    this.#connections.set(connection.id, connection);
    session.attach(connection);
    return session;
  }

  /** @internal */
  leave(connection: SseConnection): void {
    this.#connections.delete(connection.id);
  }

  /** @internal */
  changeUser(
    session: SseSession,
    userId: string | undefined,
    change: () => void,
  ): void {
    this.#removeUser(session);
    change();
    this.#addUser(session, userId);
  }

  /** @internal */
  remove(session: SseSession, grace: Timed | undefined): void {
    if (grace !== undefined) {
      this.engine.deadlines.clear(grace);
    }
    if (this.#sessions.get(session.id) === session) {
      this.#sessions.delete(session.id);
    }
    this.#removeUser(session);
  }

  #addUser(session: SseSession, userId: string | undefined): void {
    if (userId === undefined) {
      return;
    }
    const sessions = this.#users.get(userId);
    if (sessions === undefined) {
      this.#users.set(userId, new Set([session]));
    } else {
      sessions.add(session);
    }
  }

  #removeUser(session: SseSession): void {
    const { userId } = session;
    const sessions = userId === undefined ? undefined : this.#users.get(userId);
    if (userId !== undefined && sessions?.delete(session) === true) {
      if (sessions.size === 0) {
        this.#users.delete(userId);
      }
    }
  }
}
