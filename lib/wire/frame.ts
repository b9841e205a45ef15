import { SseChannelsError } from './errors.js';

/** The fields of one block of an event stream. */
export interface EventFields {
  /** Name of the event; without one, or '', a client fires `message`. */
  event?: string | undefined;
  /** Text of the event; each of its lines takes a line of its own. */
  data?: string | undefined;
  /** What the client sends back as `Last-Event-ID`. */
  id?: string | undefined;
  /** Milliseconds a client waits before it reconnects. */
  retry?: number | undefined;
  /** Text that clients ignore; '' is the shortest heartbeat. */
  comment?: string | undefined;
}

const CRLF = '\r\n';

/**
 * Refuses what a client would read as something else.
 *
 * @throws SseChannelsError `INVALID_EVENT_NAME`, `INVALID_EVENT_ID`,
 * `INVALID_RETRY`
 * @see https://html.spec.whatwg.org/multipage/server-sent-events.html#event-stream-interpretation
 */
export function validateFields(fields: EventFields): void {
  const { event, id, retry } = fields;
  if (event !== undefined && (typeof event !== 'string' || breaksLine(event))) {
    throw new SseChannelsError(
      'INVALID_EVENT_NAME',
      `The event name ${quote(event)} holds a line break or NUL`,
      'Use a name of one line.',
    );
  }
  if (id !== undefined) {
    // Clients ignore an id with NUL, and forget their cursor at an empty one.
    if (typeof id !== 'string' || id === '' || breaksLine(id)) {
      throw new SseChannelsError(
        'INVALID_EVENT_ID',
        `The event id ${quote(id)} is empty or holds a line break or NUL`,
        'Use an id of one line, or leave it out.',
      );
    }
  }
  if (retry !== undefined && (!Number.isSafeInteger(retry) || retry < 0)) {
    throw new SseChannelsError(
      'INVALID_RETRY',
      `The retry time ${quote(retry)} is not a whole number of milliseconds`,
      'Use a whole number of milliseconds, 0 or more.',
    );
  }
}

/**
 * The text of one block, its blank line included. The fields must be valid.
 * Without an event name and data no event fires: an id alone moves the
 * client's cursor.
 */
export function formatBlock(fields: EventFields): string {
  const { event, data, id, retry, comment } = fields;
  let block = '';
  if (comment !== undefined) {
    block += comment === '' ? ':\n' : `: ${splitLines(comment, ': ')}\n`;
  }
  if (retry !== undefined) {
    block += `retry: ${retry}\n`;
  }
  if (id !== undefined) {
    block += `id: ${id}\n`;
  }
  if (event !== undefined && event !== '') {
    block += `event: ${event}\n`;
  }
  if (data !== undefined) {
    block += `data: ${splitLines(data, 'data: ')}\n`;
  } else if (event !== undefined) {
    // An event without any data line is dropped by the client.
    block += 'data: \n';
  }
  return `${block}\n`;
}

/**
 * Bytes of an event stream, encoded once and written to any number of
 * connections. They carry their HTTP/1.1 chunk framing (RFC 9112, 7.1).
 */
export class Frame {
  private constructor(
    /** Bytes of the payload, without the chunk framing. */
    readonly size: number,
    /** The payload as one chunk: `<hex size>\r\n<payload>\r\n`. */
    readonly chunk: Buffer,
  ) {}

  /** The payload alone: a view of {@link chunk}. */
  get bytes(): Buffer {
    if (this.size === 0) {
      return this.chunk;
    }
    const end = this.chunk.length - CRLF.length;
    return this.chunk.subarray(end - this.size, end);
  }

  /** Encodes text as UTF-8; lone surrogates become U+FFFD. */
  static of(text: string): Frame {
    const size = Buffer.byteLength(text);
    const frame = Frame.#allocate(size);
    if (size > 0) {
      frame.chunk.write(text, frame.#offset);
    }
    return frame;
  }

  /** @throws SseChannelsError see {@link validateFields} */
  static event(fields: EventFields): Frame {
    validateFields(fields);
    return Frame.of(formatBlock(fields));
  }

  /**
   * One chunk around the payloads of all frames, in their order.
   *
   * @param size the sum of their sizes, where it is known
   */
  static join(frames: readonly Frame[], size: number = total(frames)): Frame {
    const [first] = frames;
    if (first !== undefined && frames.length === 1) {
      return first;
    }
    const joined = Frame.#allocate(size);
    let offset = joined.#offset;
    for (const frame of frames) {
      const start = frame.#offset;
      frame.chunk.copy(joined.chunk, offset, start, start + frame.size);
      offset += frame.size;
    }
    return joined;
  }

  /** A frame whose payload is still to be filled in. */
  static #allocate(size: number): Frame {
    // A chunk of no bytes ends an HTTP/1.1 response.
    if (size === 0) {
      return new Frame(0, Buffer.alloc(0));
    }
    const head = size.toString(16) + CRLF;
    const chunk = Buffer.allocUnsafe(head.length + size + CRLF.length);
    chunk.write(head, 0, 'latin1');
    chunk.write(CRLF, head.length + size, 'latin1');
    return new Frame(size, chunk);
  }

  get #offset(): number {
    return this.size === 0 ? 0 : this.chunk.length - CRLF.length - this.size;
  }
}

function total(frames: readonly Frame[]): number {
  let size = 0;
  for (const frame of frames) {
    size += frame.size;
  }
  return size;
}

function splitLines(text: string, prefix: string): string {
  return text.includes('\n') || text.includes('\r')
    ? text.replace(/\r\n|[\r\n]/g, `\n${prefix}`)
    : text;
}

function breaksLine(text: string): boolean {
  return text.includes('\n') || text.includes('\r') || text.includes('\0');
}

/** Names a refused value in an error, bounded. */
function quote(value: unknown): string {
  return typeof value === 'string'
    ? JSON.stringify(value.length > 80 ? `${value.slice(0, 80)}…` : value)
    : String(value);
}
