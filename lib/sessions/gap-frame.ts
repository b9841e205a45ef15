import type { Gap } from '../log/gap.js';
import { Frame } from '../wire/frame.js';

/** The `channels:gap` event; with an id only where it shall move the cursor. */
export function gapFrame(gap: Gap, id?: string): Frame {
  return Frame.event({
    id,
    event: 'channels:gap',
    data: JSON.stringify(gap),
  });
}
