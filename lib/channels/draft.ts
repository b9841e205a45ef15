import type { EventDraft } from '../log/entry.js';
import { checkMessage, type SseMessage } from '../sessions/message.js';
import { SseChannelsError } from '../wire/errors.js';
import type { Serializer } from '../wire/serialize.js';
import { audienceOf, type PublishOptions } from './publish.options.js';

/**
 * Checks an event and serializes it. A bad event is refused here, before it has
 * a position.
 *
 * @param isPortable the backend spans or outlives the process
 * @throws SseChannelsError for every invalid field or option
 */
export function draftEvent(
  channel: string,
  message: SseMessage,
  options: PublishOptions,
  serializer: Serializer,
  isPortable: boolean,
): EventDraft {
  const { fields, json } = checkMessage(message, serializer);
  const { transient = false, ttl = 0, filter, idempotencyKey } = options;
  if (filter !== undefined && isPortable && !transient) {
    throw new SseChannelsError(
      'FILTER_NOT_PORTABLE',
      'A filter function cannot go where this backend carries events',
      'Use where, except or only, or publish the event as transient.',
    );
  }
  if (typeof ttl !== 'number' || !(ttl >= 0)) {
    throw invalid('ttl', ttl, 'a number of milliseconds of at least 0');
  }
  if (idempotencyKey !== undefined && typeof idempotencyKey !== 'string') {
    throw invalid('idempotencyKey', idempotencyKey, 'a string');
  }
  if (transient && fields.id !== undefined) {
    throw invalid('transient', transient, 'no id: a transient event has none');
  }
  return {
    channel,
    event: fields.event,
    data: fields.data,
    json,
    id: fields.id,
    retry: fields.retry,
    comment: fields.comment,
    audience: audienceOf(options),
    ttl,
  };
}

function invalid(
  name: string,
  value: unknown,
  wanted: string,
): SseChannelsError {
  return new SseChannelsError(
    'INVALID_OPTIONS',
    `The publish option ${name} is ${String(value)}`,
    `It takes ${wanted}.`,
  );
}
