import http, { type Agent, type IncomingMessage } from 'node:http';
import https from 'node:https';
import type { Exchange, ExchangeRequest, PendingExchange } from './exchange.js';

export function http1Exchange(
  { url, method, headers, body, rejectUnauthorized }: ExchangeRequest,
  agent: Agent | undefined,
): PendingExchange {
  const request = (url.protocol === 'https:' ? https : http).request(url, {
    method,
    // A browser keeps its connections: an agent-less request would say `close`.
    headers: { connection: 'keep-alive', ...headers },
    agent: agent ?? false,
    rejectUnauthorized,
  });
  const closed = new Promise<void>((resolve) => {
    request.once('close', resolve);
  });
  const head = new Promise<Exchange>((resolve, reject) => {
    request.on('error', reject);
    request.once('response', (response: IncomingMessage) => {
      resolve({
        status: response.statusCode ?? 0,
        headers: response.headers,
        body: response,
        complete: () => response.complete,
        destroy: () => request.destroy(),
        closed,
      });
    });
  });
  // As bytes: Node writes the head in the encoding of a string body, and a
  // cursor beyond ASCII would be encoded twice.
  request.end(body === undefined ? undefined : Buffer.from(body));
  return { head, abandon: (reason) => request.destroy(reason) };
}
