import http2, { type IncomingHttpHeaders } from 'node:http2';
import type {
  Exchange,
  ExchangeRequest,
  PendingExchange,
  ResponseHeaders,
} from './exchange.js';

export function http2Exchange({
  url,
  method,
  headers,
  body,
  rejectUnauthorized,
}: ExchangeRequest): PendingExchange {
  const session = http2.connect(url.origin, { rejectUnauthorized });
  const closed = new Promise<void>((resolve) => {
    session.once('close', resolve);
  });
  const stream = session.request(
    { ...headers, ':method': method, ':path': url.pathname + url.search },
    { endStream: body === undefined },
  );
  // Without this the session would outlive its only stream.
  stream.once('close', () => session.close());
  const head = new Promise<Exchange>((resolve, reject) => {
    session.on('error', reject);
    // A session that fails cancels its streams first: its own error says why.
    stream.on('error', (error: Error) =>
      reject((error.cause as Error | undefined) ?? error),
    );
    stream.once('close', () =>
      reject(new Error('The server closed the stream without an answer.')),
    );
    let ended = false;
    stream.once('end', () => (ended = true));
    stream.once('response', (answer: IncomingHttpHeaders) => {
      resolve({
        status: Number(answer[':status']),
        headers: withoutPseudo(answer),
        body: stream,
        complete: () => ended && stream.rstCode === 0,
        destroy: () => {
          stream.close(http2.constants.NGHTTP2_CANCEL);
          session.destroy();
        },
        closed,
      });
    });
  });
  if (body !== undefined) stream.end(body);
  return {
    head,
    abandon: (reason) => {
      stream.destroy(reason);
      session.destroy();
    },
  };
}

function withoutPseudo(headers: IncomingHttpHeaders): ResponseHeaders {
  return Object.fromEntries(
    Object.entries(headers).filter(([name]) => !name.startsWith(':')),
  );
}
