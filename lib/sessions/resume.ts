import type { LogStatus, MaybePromise } from '../backends/backend.js';
import { when, whenAll } from '../backends/maybe-promise.js';
import { verdict, type ChannelGap } from '../log/gap.js';
import { placeCursor, type Misplaced } from '../log/lineage.js';
import { parsePosition } from '../log/position.js';
import type { Follower } from '../backends/follower.js';
import type { Link } from './link.js';

/** How a stream opens: what a client's cursor is worth. */
export interface Resumption {
  readonly resume: 'fresh' | 'exact' | 'gap';
  readonly gaps: readonly ChannelGap[];
  /** The position the client's cursor is moved to before anything else. */
  readonly moveTo: number | undefined;
  /** Where the client's cursor stands. */
  readonly cursor: number;
  /** Where reading the log begins. */
  readonly seq: number;
  /** Replayed events up to here go without an id. */
  readonly idFloor: number;
}

/**
 * Places a cursor in the log: one of ours by its position, one the caller gave
 * by looking it up in the channels. Several matches take the oldest: that may
 * repeat events and never skips any.
 */
export function locateCursor(
  follower: Follower,
  channels: readonly string[],
  id: string,
): MaybePromise<number | Misplaced> {
  const { backend, head } = follower;
  const position = parsePosition(id);
  if (position !== undefined) {
    return placeCursor(backend.lineage(), head.seq, position);
  }
  return whenAll(
    channels.map((channel) => backend.locate(channel, id)),
    (found) => {
      const seqs = found.filter((seq) => seq !== undefined);
      return seqs.length === 0 ? 'unknown' : Math.min(...seqs);
    },
  );
}

/** Decides where each link of a stream that opens starts, and what is lost. */
export function planResume(
  follower: Follower,
  links: readonly Link[],
  lastEventId: string | undefined,
  maxReplay: number,
): MaybePromise<Resumption> {
  if (lastEventId === undefined || links.length === 0) {
    return planFresh(follower, links);
  }
  const channels = links.map(({ feed }) => feed.name);
  return when(locateCursor(follower, channels, lastEventId), (place) =>
    typeof place === 'number'
      ? planExact(follower, links, place, maxReplay)
      : planMisplaced(follower, links, place),
  );
}

/** A client without a cursor: it gets what is published from now on. */
function planFresh(
  follower: Follower,
  links: readonly Link[],
): MaybePromise<Resumption> {
  let start = follower.head.seq;
  for (const { from, isBackfill } of links) {
    start = isBackfill ? start : Math.min(start, from);
  }
  for (const link of links) {
    link.from = link.byCursor ? start : link.from;
  }
  return when(judge(follower, links), (gaps) => ({
    resume: gaps.length > 0 ? 'gap' : 'fresh',
    gaps,
    moveTo: start,
    cursor: start,
    ...readingFrom(links, start),
  }));
}

/** A cursor the log can place: everything after it that is held follows. */
function planExact(
  follower: Follower,
  links: readonly Link[],
  cursor: number,
  maxReplay: number,
): MaybePromise<Resumption> {
  for (const link of links) {
    if (!link.isBackfill) {
      link.from = link.byCursor ? cursor : Math.max(link.from, cursor);
    }
  }
  return when(
    when(judge(follower, links), (gaps) =>
      maxReplay > 0 ? limitReplay(follower, links, gaps, maxReplay) : gaps,
    ),
    (gaps) => ({
      resume: gaps.length > 0 ? 'gap' : 'exact',
      gaps,
      moveTo: undefined,
      cursor,
      ...readingFrom(links, cursor),
    }),
  );
}

/** A cursor the log knows nothing of: nothing is replayed. */
function planMisplaced(
  follower: Follower,
  links: readonly Link[],
  reason: Misplaced,
): Resumption {
  const { seq } = follower.head;
  const gaps: ChannelGap[] = [];
  for (const link of links) {
    if (link.byCursor || link.from < seq) {
      gaps.push({ channel: link.feed.name, reason, missed: null });
      link.from = seq;
    }
  }
  return { resume: 'gap', gaps, moveTo: seq, cursor: seq, seq, idFloor: 0 };
}

function readingFrom(
  links: readonly Link[],
  cursor: number,
): { readonly seq: number; readonly idFloor: number } {
  let seq = cursor;
  for (const link of links) {
    seq = link.isBackfill ? Math.min(seq, link.from) : seq;
  }
  return { seq, idFloor: seq < cursor ? cursor : 0 };
}

/** What each channel no longer holds; its link then starts after that. */
function judge(
  follower: Follower,
  links: readonly Link[],
): MaybePromise<readonly ChannelGap[]> {
  return whenAll(
    links.map(({ feed, from }) => follower.backend.status(feed.name, from)),
    (statuses: readonly LogStatus[]) => {
      const gaps: ChannelGap[] = [];
      links.forEach((link, i) => {
        const status = statuses[i] as LogStatus;
        const { feed, from } = link;
        const gap = verdict(feed.name, from, status, status.missed);
        if (gap !== undefined) {
          gaps.push(gap);
          link.from = status.floor;
        }
      });
      return gaps;
    },
  );
}

/** Keeps the newest events of all channels together, and counts the others. */
function limitReplay(
  follower: Follower,
  links: readonly Link[],
  gaps: readonly ChannelGap[],
  maxReplay: number,
): MaybePromise<readonly ChannelGap[]> {
  const { backend } = follower;
  return whenAll(
    links.map(({ feed, from }) => backend.tail(feed.name, from, maxReplay)),
    (tails) => {
      const seqs = tails
        .flatMap((tail) => [...tail.seqs])
        .sort((a, b) => b - a);
      const oldest = seqs[maxReplay - 1];
      if (oldest === undefined) {
        return gaps;
      }
      const known = new Map(gaps.map((gap) => [gap.channel, gap]));
      links.forEach((link, i) => {
        const tail = tails[i];
        const kept = tail?.seqs.filter((seq) => seq >= oldest).length ?? 0;
        const left = (tail?.held ?? 0) - kept;
        if (left > 0) {
          const channel = link.feed.name;
          const before = known.get(channel);
          const lost = before === undefined ? 0 : before.missed;
          known.set(channel, {
            channel,
            reason: 'limit',
            missed: lost === null ? null : lost + left,
          });
          link.from = Math.max(link.from, oldest - 1);
        }
      });
      return [...known.values()];
    },
  );
}
