import type { Feed } from '../backends/feed.js';
import type { Frame } from '../wire/frame.js';
import type { SseConnection } from './connection.js';
import { Link, type LinkOwner, type ReceiveFilter } from './link.js';
import type { SseSession } from './session.js';

/** The channel of a membership, as a session sees it. */
export interface MembershipOwner {
  readonly feed: Feed;
  readonly receiveFilter: ReceiveFilter | undefined;
  /** The last binding is gone. */
  dismiss(membership: Membership, disconnected: boolean): void;
}

/**
 * A session on a channel: bound as a whole (it reaches all its connections),
 * or through single connections that opened a stream of the channel.
 */
export class Membership implements LinkOwner {
  /** The session as a whole is registered; events after this seq are due. */
  #since: number | undefined;
  #links = 0;

  constructor(
    readonly owner: MembershipOwner,
    readonly session: SseSession,
  ) {}

  get receiveFilter(): ReceiveFilter | undefined {
    return this.owner.receiveFilter;
  }

  /** The seq the session's registration counts from, if it has one. */
  get since(): number | undefined {
    return this.#since;
  }

  /** Binds the session: all its connections, those to come included. */
  bind(since: number, isBackfill: boolean): void {
    if (this.#since !== undefined) {
      return;
    }
    this.#since = since;
    for (const connection of this.session.connections) {
      this.link(connection, since, false, isBackfill);
    }
  }

  /** Links one connection, unless it is. */
  link(
    connection: SseConnection,
    from: number,
    byCursor: boolean,
    isBackfill: boolean,
  ): void {
    const { delivery } = connection;
    if (delivery.isEnded || this.owner.feed.links.has(delivery)) {
      return;
    }
    const link = new Link(
      delivery,
      this.owner.feed,
      from,
      byCursor,
      isBackfill,
      this.session,
      this,
    );
    this.#links += 1;
    delivery.addLink(link);
    if (isBackfill) {
      delivery.backfill(link);
    }
  }

  unlinked(link: Link): void {
    this.#links -= 1;
    if (this.#links === 0 && this.#since === undefined) {
      this.owner.dismiss(this, link.delivery.isEnded);
    }
  }

  /** Takes the session off the channel, with all its connections. */
  release(disconnected: boolean): void {
    this.#since = -1;
    for (const { delivery } of this.session.connections) {
      const link = this.owner.feed.links.get(delivery);
      if (link instanceof Link) {
        delivery.removeLink(link);
      }
    }
    this.#since = undefined;
    this.owner.dismiss(this, disconnected);
  }

  /** Sends bytes to the connections it reaches on the channel. */
  write(frame: Frame): void {
    for (const connection of this.session.connections) {
      if (this.owner.feed.links.has(connection.delivery)) {
        connection.write(frame);
      }
    }
  }

  /** Takes one connection off; the others stay. */
  releaseConnection(connection: SseConnection): void {
    const link = this.owner.feed.links.get(connection.delivery);
    if (link instanceof Link) {
      connection.delivery.removeLink(link);
    }
  }
}
