import type { ChannelBackend, MaybePromise } from '../backends/backend.js';
import { when } from '../backends/maybe-promise.js';
import type { SseMessage } from '../sessions/message.js';
import type { ResolvedChannelOptions } from './channel.options.js';
import { draftEvent } from './draft.js';
import type { PublishOptions } from './publish.options.js';
import type { Published } from './published.js';

/** Checks an event of a channel and gives it to the log. */
export function publish(
  backend: ChannelBackend,
  channel: string,
  message: SseMessage,
  options: PublishOptions,
  { limits, serializer }: ResolvedChannelOptions,
): MaybePromise<Published> {
  const { idempotencyKey, transient } = options;
  const draft = draftEvent(
    channel,
    message,
    options,
    serializer,
    backend.portable,
  );
  if (transient === true) {
    return when(backend.transmit(draft), () => ({
      channel,
      id: undefined,
      epoch: undefined,
      seq: undefined,
      duplicate: false,
    }));
  }
  return when(
    backend.append({ draft, limits, idempotencyKey }),
    ({ id, position, duplicate }) => ({
      channel,
      id,
      epoch: position.epoch,
      seq: position.seq,
      duplicate,
    }),
  );
}
