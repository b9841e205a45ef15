import { channelsOf } from './plan.mjs';

/** `{ set, group }` of a request's url. */
export function queryOf(url) {
  const { searchParams } = new URL(url, 'http://bench');
  return {
    set: Number(searchParams.get('set') ?? 0),
    group: searchParams.get('group') ?? 'a',
  };
}

/**
 * The least bookkeeping a hand-made fan-out can do with: a set of members a
 * channel, and the history kept as what was written.
 */
export class Rooms {
  constructor(shape) {
    this.shape = shape;
    this.rooms = new Map();
    this.history = undefined;
    this.size = 0;
  }

  /** `member` is whatever the server writes to; `leave` removes it. */
  join(url, member) {
    const { set, group } = queryOf(url);
    if (this.shape === 'filtered') member.benchGroup = group;
    const names = channelsOf(this.shape, set);
    for (const name of names) this.members(name).add(member);
    this.size++;
    return () => {
      for (const name of names) this.members(name).delete(member);
      this.size--;
    };
  }

  members(name) {
    let members = this.rooms.get(name);
    if (members === undefined) this.rooms.set(name, (members = new Set()));
    return members;
  }

  keepHistory() {
    this.history = [];
  }

  /** What came after the cursor; nothing without one. */
  missed(request) {
    const cursor = request.headers['last-event-id'];
    if (cursor === undefined || this.history === undefined) return [];
    const index = this.history.findIndex(({ seq }) => String(seq) === cursor);
    return index === -1 ? [] : this.history.slice(index + 1);
  }
}
