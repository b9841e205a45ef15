import { formatPosition } from '../log/position.js';
import type { Frame } from '../wire/frame.js';
import type { Delivery } from './delivery.js';
import { gapFrame } from './gap-frame.js';
import type { Resumption } from './resume.js';

/**
 * Starts a stream whose head is out. On the wire in this order: the opening
 * block, what was sent before the stream opened, the gap, replay, live.
 */
export function startDelivery(
  delivery: Delivery,
  opening: readonly Frame[],
  plan: Resumption,
): void {
  if (delivery.isEnded) {
    return;
  }
  delivery.open(opening, plan.cursor);
  if (plan.gaps.length > 0) {
    const { epoch } = delivery.engine.follower.head;
    const id =
      plan.moveTo === undefined || delivery.cursorMode === 'app'
        ? undefined
        : formatPosition(epoch, plan.moveTo);
    delivery.outbox.put(gapFrame({ channels: plan.gaps }, id));
  }
  delivery.readFrom(plan.seq, plan.idFloor);
}
