import type { Feed } from '../backends/feed.js';
import type { ReceiveFilter } from '../sessions/link.js';
import { Membership, type MembershipOwner } from '../sessions/membership.js';
import type { SseSession } from '../sessions/session.js';

/** What a roster tells its channel; always after the change. */
export interface RosterListener {
  joined(session: SseSession): void;
  left(session: SseSession, disconnected: boolean): void;
}

/** The sessions on a channel. */
export class Roster implements MembershipOwner {
  receiveFilter: ReceiveFilter | undefined;
  readonly #members = new Map<SseSession, Membership>();

  constructor(
    readonly feed: Feed,
    private readonly listener: RosterListener,
  ) {}

  get size(): number {
    return this.#members.size;
  }

  get sessions(): SseSession[] {
    return [...this.#members.keys()];
  }

  get(session: SseSession): Membership | undefined {
    return this.#members.get(session);
  }

  /**
   * Takes a session in, as `bind` says; a new one is announced once it is
   * bound, so that what a listener broadcasts reaches it too.
   */
  join(session: SseSession, bind: (membership: Membership) => void): void {
    const known = this.#members.get(session);
    if (known !== undefined) {
      bind(known);
      return;
    }
    const membership = new Membership(this, session);
    this.#members.set(session, membership);
    session.join(membership);
    bind(membership);
    this.listener.joined(session);
  }

  dismiss(membership: Membership, disconnected: boolean): void {
    const { session } = membership;
    if (this.#members.get(session) !== membership) {
      return;
    }
    this.#members.delete(session);
    session.quit(membership);
    this.listener.left(session, disconnected);
  }

  /** Takes everybody off. */
  clear(): void {
    for (const membership of [...this.#members.values()]) {
      membership.release(false);
    }
  }
}
