import { Frame } from '../wire/frame.js';
import type { Delivery } from './delivery.js';
import type { Engine } from './engine.js';

/** How streams end at shutdown. */
export interface DrainOptions {
  /** Milliseconds over which the ends are spread. Defaults to 0. */
  readonly window?: number;
  /**
   * Milliseconds after which streams that did not close are destroyed.
   * Defaults to 5,000.
   */
  readonly deadline?: number;
  /**
   * From and to how many milliseconds clients are told to wait before they
   * come back, each some time in between. Defaults to [1_000, 10_000].
   */
  readonly retry?: readonly [from: number, to: number];
}

/**
 * Ends every stream: each gets a `retry:` of its own, so that clients do not
 * come back together, and its close is awaited. What has not closed at the
 * deadline is destroyed.
 */
export async function drainStreams(
  engine: Engine,
  { window, deadline, retry }: Required<DrainOptions>,
): Promise<void> {
  const open = [...engine.deliveries];
  if (open.length === 0) {
    return;
  }
  const closed = engine.whenEmpty();
  const step = window / open.length;
  const timers = new Set<NodeJS.Timeout>();
  open.forEach((delivery, i) => {
    if (window === 0) {
      endWithRetry(delivery, retry);
    } else {
      timers.add(setTimeout(endWithRetry, i * step, delivery, retry));
    }
  });
  let expiry: NodeJS.Timeout | undefined;
  const late = new Promise<void>((resolve) => {
    expiry = setTimeout(resolve, Math.max(deadline, window));
  });
  await Promise.race([closed, late]);
  clearTimeout(expiry);
  timers.forEach(clearTimeout);
  for (const delivery of engine.deliveries) {
    delivery.destroy('shutdown');
  }
}

function endWithRetry(
  delivery: Delivery,
  [from, to]: readonly [number, number],
): void {
  const wait = Math.round(from + Math.random() * (to - from));
  delivery.send(Frame.event({ retry: wait }));
  delivery.end('shutdown');
}
