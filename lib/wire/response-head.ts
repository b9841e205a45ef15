import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Http2ServerRequest, Http2ServerResponse } from 'node:http2';
import { eventStreamHeaders } from './head.js';

/**
 * Writes the head of an event stream. What the application has set on the
 * response before is kept, but for status, type and length.
 *
 * @param headers win over everything
 */
export function sendHead(
  request: IncomingMessage | Http2ServerRequest,
  response: ServerResponse | Http2ServerResponse,
  headers: Readonly<Record<string, string>>,
): void {
  if (!response.headersSent) {
    setHead(request, response, headers);
  }
  // On both, though the types of HTTP/2 do not know it.
  (response as ServerResponse).flushHeaders();
}

/** Whether what a sent head promises is the body as chunks, and no more. */
export function promisesPlainChunks(response: ServerResponse): boolean {
  return (
    response.chunkedEncoding &&
    !response.hasHeader('Content-Encoding') &&
    !response.hasHeader('Transfer-Encoding')
  );
}

/**
 * Lets pages of other origins read these headers, where the application lets
 * them read the response; what it exposes itself is kept.
 */
export function exposeHeaders(
  response: ServerResponse | Http2ServerResponse,
  names: readonly string[],
): void {
  if (!response.hasHeader('Access-Control-Allow-Origin')) {
    return;
  }
  const own = response.getHeader('Access-Control-Expose-Headers') ?? [];
  const exposed = [own].flat().join(',').split(',');
  const known = new Set(exposed.map((name) => name.trim().toLowerCase()));
  // Beside a `*` too: with credentials that is only a header's name.
  const missing = names.filter((name) => !known.has(name.toLowerCase()));
  if (missing.length > 0) {
    const all = [...exposed.map((name) => name.trim()), ...missing];
    response.setHeader(
      'Access-Control-Expose-Headers',
      all.filter((name) => name !== '').join(', '),
    );
  }
}

function setHead(
  request: IncomingMessage | Http2ServerRequest,
  response: ServerResponse | Http2ServerResponse,
  headers: Readonly<Record<string, string>>,
): void {
  response.statusCode = 200;
  // It would be the length of some other body.
  response.removeHeader('Content-Length');
  const defaults = eventStreamHeaders(request.httpVersionMajor);
  // Node says it itself where the request allows: not to an HTTP/1.0 client,
  // nor to one that asked to close.
  delete defaults['Connection'];
  for (const [name, value] of Object.entries(defaults)) {
    if (name === 'Content-Type' || !response.hasHeader(name)) {
      response.setHeader(name, value);
    }
  }
  for (const [name, value] of Object.entries(headers)) {
    response.setHeader(name, value);
  }
  exposeHeaders(response, Object.keys(headers));
}
