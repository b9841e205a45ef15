/** Why a client missed something. */
export type GapReason =
  | 'unknown'
  | 'epoch'
  | 'trimmed'
  | 'expired'
  | 'no-history'
  | 'closed'
  | 'limit'
  | 'slow';

/** What a client missed on one channel. */
export interface ChannelGap {
  readonly channel: string;
  readonly reason: GapReason;
  /**
   * How many events of the channel are missing, where that is known; `null`
   * where it is not. Filters are not applied to the count.
   */
  readonly missed: number | null;
}

/** The data of a `channels:gap` event. */
export interface Gap {
  readonly channels: readonly ChannelGap[];
}

/** Why a channel's floor stands where it stands. */
export type FloorCause = 'trimmed' | 'expired' | 'no-history' | 'closed';

/** What a channel's log says of its past. */
export interface Floor {
  /** The highest seq that was ever dropped or never stored. */
  readonly floor: number;
  readonly cause: FloorCause;
}

/**
 * The whole verdict for a channel: a cursor at or above its floor is exact.
 *
 * @param missed how many events the channel dropped after the cursor
 */
export function verdict(
  channel: string,
  cursor: number,
  { floor, cause }: Floor,
  missed: number | null,
): ChannelGap | undefined {
  return cursor >= floor ? undefined : { channel, reason: cause, missed };
}
