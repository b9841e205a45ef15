import type { IncomingMessage } from 'node:http';
import type { Http2ServerRequest } from 'node:http2';

// Over this an id is none of ours: positions take 40 bytes at most, and what
// is longer only costs memory.
const MAX_CURSOR_BYTES = 1_024;

const CACHE_CONTROL =
  'private, no-cache, no-store, no-transform, must-revalidate, max-age=0';

/**
 * The headers of an event-stream response. `no-transform` keeps compression
 * middleware and proxies from holding events back; `X-Accel-Buffering` is
 * nginx's own switch. HTTP/2 forbids `Connection` (RFC 9113, 8.2.2).
 */
export function eventStreamHeaders(
  httpVersionMajor: number,
): Record<string, string> {
  const headers: Record<string, string> = {
    'Content-Type': 'text/event-stream',
    'Cache-Control': CACHE_CONTROL,
    'X-Accel-Buffering': 'no',
  };
  if (httpVersionMajor === 1) {
    headers['Connection'] = 'keep-alive';
  }
  return headers;
}

/**
 * Whether an `Accept` header allows an event stream: the most specific range
 * that matches decides, and weight 0 refuses (RFC 9110, 12.5.1).
 */
export function acceptsEventStream(header: string | undefined): boolean {
  if (header === undefined) {
    return true;
  }
  let best = 0;
  let accepted = false;
  let empty = true;
  for (const range of splitUnquoted(header, ',')) {
    if (range === '') {
      continue;
    }
    empty = false;
    const parts = splitUnquoted(range, ';');
    const specificity = specificityOf((parts[0] as string).toLowerCase());
    if (specificity === 0 || specificity < best) {
      continue;
    }
    const takes = weightOf(parts) > 0;
    accepted = specificity > best ? takes : accepted || takes;
    best = specificity;
  }
  return empty || accepted;
}

/**
 * The cursor a client brought, or `undefined`. It is untrusted text of at most
 * 1,024 bytes; what was longer is cut, and so belongs to no event.
 *
 * @param query name of a query parameter to accept beside the header, or false
 */
export function lastEventId(
  request: IncomingMessage | Http2ServerRequest,
  query: string | false,
): string | undefined {
  const header = request.headers['last-event-id'];
  const value = Array.isArray(header) ? header[0] : header;
  if (value !== undefined && value !== '') {
    return fromHeader(value);
  }
  if (query === false) {
    return undefined;
  }
  const url = request.url ?? '';
  const start = url.indexOf('?');
  const found =
    start === -1
      ? undefined
      : new URLSearchParams(url.slice(start + 1)).get(query);
  return found ? cut(Buffer.from(found)) : undefined;
}

/** Clients send UTF-8, and Node hands each byte over as one character. */
function fromHeader(value: string): string {
  const isBytes = !/[^\0-\xff]/.test(value);
  // One byte more than the limit tells cut() that there was more.
  return isBytes
    ? cut(Buffer.from(value.slice(0, MAX_CURSOR_BYTES + 1), 'latin1'))
    : cut(Buffer.from(value));
}

function cut(bytes: Buffer): string {
  let end = Math.min(bytes.length, MAX_CURSOR_BYTES);
  // Not through a character, whose half would read as U+FFFD; the first byte
  // of one is at most three back.
  for (let back = 0; back < 3 && isContinuation(bytes[end]); back++) {
    end -= 1;
  }
  return bytes.toString('utf8', 0, end);
}

function isContinuation(byte: number | undefined): boolean {
  return byte !== undefined && (byte & 0xc0) === 0x80;
}

function specificityOf(range: string): number {
  switch (range) {
    case 'text/event-stream':
      return 3;
    case 'text/*':
      return 2;
    case '*/*':
    case '*': // Java's URLConnection
      return 1;
    default:
      return 0;
  }
}

/** The `q` parameter; 1 when there is none, or none that can be read. */
function weightOf(parts: readonly string[]): number {
  for (let i = 1; i < parts.length; i++) {
    const part = parts[i] as string;
    const equals = part.indexOf('=');
    if (part.slice(0, Math.max(equals, 0)).trim().toLowerCase() === 'q') {
      const weight = Number(part.slice(equals + 1).trim() || NaN);
      return weight >= 0 && weight <= 1 ? weight : 1;
    }
  }
  return 1;
}

/** The trimmed pieces between separators that stand outside of quotes. */
function splitUnquoted(text: string, separator: string): string[] {
  const pieces: string[] = [];
  let start = 0;
  let quoted = false;
  for (let i = 0; i < text.length; i++) {
    const character = text[i];
    if (character === '"') {
      quoted = !quoted;
    } else if (quoted && character === '\\') {
      i += 1;
    } else if (!quoted && character === separator) {
      pieces.push(text.slice(start, i).trim());
      start = i + 1;
    }
  }
  pieces.push(text.slice(start).trim());
  return pieces;
}
