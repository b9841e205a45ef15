/** A body in chunked transfer coding (RFC 9112, 7.1), taken apart. */
export interface Dechunked {
  readonly body: Buffer;
  /** How many chunks it came in. */
  readonly chunks: number;
  /** Whether the chunk of no bytes that ends a body was there. */
  readonly ended: boolean;
  /** What stands behind the end. */
  readonly rest: Buffer;
}

/** @throws Error when the bytes are no whole chunks */
export function dechunk(bytes: Buffer): Dechunked {
  const parts: Buffer[] = [];
  let at = 0;
  while (at < bytes.length) {
    const lineEnd = bytes.indexOf('\r\n', at);
    const head = bytes.toString('latin1', at, lineEnd);
    if (lineEnd === -1 || !/^[0-9a-f]+$/.test(head)) {
      throw new Error(`No chunk at ${at}: ${JSON.stringify(head)}`);
    }
    const size = parseInt(head, 16);
    const start = lineEnd + 2;
    const end = start + size;
    if (bytes.toString('latin1', end, end + 2) !== '\r\n') {
      throw new Error(`The chunk at ${at} does not end at ${end}`);
    }
    at = end + 2;
    if (size === 0) {
      const rest = bytes.subarray(at);
      const body = Buffer.concat(parts);
      return { body, chunks: parts.length, ended: true, rest };
    }
    parts.push(bytes.subarray(start, end));
  }
  return {
    body: Buffer.concat(parts),
    chunks: parts.length,
    ended: false,
    rest: Buffer.alloc(0),
  };
}
