import type { Position } from './position.js';

/** One epoch of the log: its positions are those after `start`. */
export interface EpochStart {
  readonly epoch: string;
  /** The last seq of the epoch before, from which this one forked. */
  readonly start: number;
}

/** A cursor that the log cannot place. */
export type Misplaced = 'unknown' | 'epoch';

/**
 * Places a cursor in the log: the seq to go on after, or why there is none.
 *
 * A cursor of an older epoch is exact up to the fork; above it, the store lost
 * what the client has seen. One beyond the head was never given out.
 *
 * @param lineage the known epochs, oldest first; the last one is current
 * @param head the newest seq of the current epoch
 */
export function placeCursor(
  lineage: readonly EpochStart[],
  head: number,
  cursor: Position,
): number | Misplaced {
  const index = lineage.findIndex(({ epoch }) => epoch === cursor.epoch);
  if (index === -1) {
    return 'epoch';
  }
  const next = lineage[index + 1];
  if (next !== undefined) {
    return cursor.seq <= next.start ? cursor.seq : 'epoch';
  }
  return cursor.seq <= head ? cursor.seq : 'unknown';
}
