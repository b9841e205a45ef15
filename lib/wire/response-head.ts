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
}
