import { parsePosition } from '../log/position.js';
import { SseChannelsError } from '../wire/errors.js';
import { validateFields, type EventFields } from '../wire/frame.js';
import { serializeData, type Serializer } from '../wire/serialize.js';

/** One block of a stream, as `send` takes it. */
export interface SseMessage {
  /** The event's name; without one a client's `message` event fires. */
  readonly event?: string | undefined;
  /** A string goes as it is, anything else through the serializer. */
  readonly data?: unknown;
  /** The id a client sends back as `Last-Event-ID`. */
  readonly id?: string | undefined;
  /** Milliseconds a client waits before it reconnects. */
  readonly retry?: number | undefined;
  /** Text that no client sees; may have several lines. */
  readonly comment?: string | undefined;
}

/** A checked message: its data is text. */
export interface CheckedMessage {
  readonly fields: EventFields;
  readonly json: boolean;
}

/**
 * Checks a message and serializes its data; nothing is written before.
 *
 * @throws SseChannelsError `INVALID_EVENT_NAME`, `RESERVED_EVENT`,
 * `INVALID_EVENT_ID`, `INVALID_RETRY`, `UNSERIALIZABLE_DATA`, and
 * `INVALID_OPTIONS` for what is no message at all
 */
export function checkMessage(
  message: SseMessage,
  serializer?: Serializer,
): CheckedMessage {
  checkShape(message);
  const { event, id, retry, comment } = message;
  checkEventName(event);
  if (id !== undefined) {
    checkEventId(id);
  }
  const carriesData =
    event !== undefined || id !== undefined || Object.hasOwn(message, 'data');
  const { data, json } = carriesData
    ? serializeData(message.data, serializer)
    : { data: undefined, json: false };
  const fields: EventFields = { comment, retry, id, event, data };
  validateFields(fields);
  return { fields, json };
}

/** @throws SseChannelsError `INVALID_EVENT_NAME`, `RESERVED_EVENT` */
export function checkEventName(event: unknown): void {
  if (event !== undefined && typeof event !== 'string') {
    throw new SseChannelsError(
      'INVALID_EVENT_NAME',
      `An event's name is a string, not ${typeof event}`,
      'The event name comes first: broadcast(event, data).',
    );
  }
  if (event?.startsWith('channels:') === true) {
    throw new SseChannelsError(
      'RESERVED_EVENT',
      `The event name ${JSON.stringify(event)} is reserved`,
      'Names that begin with "channels:" are used by the library itself.',
    );
  }
}

function checkShape(message: unknown): void {
  if (typeof message !== 'object' || message === null) {
    throw new SseChannelsError(
      'INVALID_OPTIONS',
      `A message is an object, not ${message === null ? 'null' : typeof message}`,
      'Send { event, data, id, retry, comment }, each of them optional.',
    );
  }
  const { comment } = message as { readonly comment?: unknown };
  if (comment !== undefined && typeof comment !== 'string') {
    throw new SseChannelsError(
      'INVALID_OPTIONS',
      `A comment is a string, not ${typeof comment}`,
      'Pass String(comment).',
    );
  }
}

function checkEventId(id: unknown): void {
  if (typeof id !== 'string') {
    throw new SseChannelsError(
      'INVALID_EVENT_ID',
      `An event's id is a string, not ${typeof id}`,
      'Pass String(id).',
    );
  }
  if (parsePosition(id) !== undefined) {
    throw new SseChannelsError(
      'INVALID_EVENT_ID',
      `The id ${JSON.stringify(id)} looks like a position of the log`,
      'Leave the id out, or choose another form for your own ids.',
    );
  }
}
