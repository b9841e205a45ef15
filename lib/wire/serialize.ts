import { SseChannelsError } from './errors.js';

/** Turns a value that is not a string into the text on the wire. */
export type Serializer = (value: unknown) => string;

/** The text of an event's data, and whether it is that of a JSON value. */
export interface SerializedData {
  readonly data: string;
  /** False for a string, which goes as it is. */
  readonly json: boolean;
}

/**
 * A string goes on the wire as it is, anything else through the serializer;
 * nothing is `null`.
 *
 * @throws SseChannelsError `UNSERIALIZABLE_DATA`
 */
export function serializeData(
  value: unknown,
  serializer: Serializer = JSON.stringify,
): SerializedData {
  if (typeof value === 'string') {
    return { data: value, json: false };
  }
  let data: unknown;
  try {
    data = serializer(value === undefined ? null : value);
  } catch (cause) {
    throw unserializable(value, cause);
  }
  if (typeof data !== 'string') {
    throw unserializable(value, undefined);
  }
  return { data, json: true };
}

function unserializable(value: unknown, cause: unknown): SseChannelsError {
  const why = cause instanceof Error ? `: ${cause.message}` : '';
  return new SseChannelsError(
    'UNSERIALIZABLE_DATA',
    `The data of an event (${typeof value}) cannot be serialized${why}`,
    'Pass a string or a value JSON can express, or set a serializer.',
    { cause },
  );
}
