import { EventStream } from './event-stream.js';
import type { Exchange } from './exchange.js';
import { http1Exchange } from './http1-exchange.js';
import { http2Exchange } from './http2-exchange.js';
import type { OpenStreamOptions } from './open-stream.options.js';
import { StreamRefusedError } from './stream-refused.error.js';

const DEFAULT_TIMEOUT = 10_000;
const REFUSAL_BODY_LIMIT = 64 * 1024;

/**
 * Opens an event stream, of this package or any other server, and resolves as
 * soon as its head has arrived. It does not reconnect by itself.
 *
 * @throws {StreamRefusedError} (as a rejection) when the answer is not
 * `200 text/event-stream`; any other error is the connection's own.
 */
export async function openStream(
  url: string,
  options: OpenStreamOptions = {},
): Promise<EventStream> {
  const { signal, timeout = DEFAULT_TIMEOUT } = options;
  signal?.throwIfAborted();
  const request = {
    url: new URL(url),
    method: options.method ?? 'GET',
    headers: requestHeaders(options),
    body: options.body,
    rejectUnauthorized: options.rejectUnauthorized ?? true,
  };
  const pending = options.http2
    ? http2Exchange(request)
    : http1Exchange(request, options.agent);

  const timer =
    timeout > 0
      ? setTimeout(() => {
          pending.abandon(
            new Error(`${url} has sent no head within ${timeout} ms.`),
          );
        }, timeout)
      : undefined;
  const abort = (): void => pending.abandon(reasonOf(signal));
  signal?.addEventListener('abort', abort, { once: true });
  let exchange: Exchange;
  try {
    exchange = await pending.head;
  } finally {
    clearTimeout(timer);
    signal?.removeEventListener('abort', abort);
  }

  const type = String(exchange.headers['content-type'] ?? '');
  if (exchange.status !== 200 || !/^text\/event-stream *(;|$)/i.test(type)) {
    const body = await refusalBody(exchange, timeout);
    throw new StreamRefusedError(exchange.status, exchange.headers, body);
  }
  const stream = new EventStream(exchange, timeout);
  if (signal !== undefined) {
    const close = (): void => void stream.close();
    signal.addEventListener('abort', close, { once: true });
    void stream.ended.then(() => signal.removeEventListener('abort', close));
    if (signal.aborted) {
      await stream.close();
      throw reasonOf(signal);
    }
  }
  return stream;
}

function requestHeaders(options: OpenStreamOptions): Record<string, string> {
  const headers: Record<string, string> = {
    accept: 'text/event-stream',
    'cache-control': 'no-store',
  };
  if (options.lastEventId !== undefined) {
    // Node sends header text as latin1; the standard wants UTF-8 on the wire.
    headers['last-event-id'] = Buffer.from(options.lastEventId).toString(
      'latin1',
    );
  }
  // Lower case, or the defaults above would be sent beside the caller's own.
  for (const [name, value] of Object.entries(options.headers ?? {})) {
    headers[name.toLowerCase()] = value;
  }
  return headers;
}

function reasonOf(signal: AbortSignal | undefined): Error {
  const reason: unknown = signal?.reason;
  // Not by `instanceof`: test runners give tests an `Error` of their own.
  return typeof reason === 'object' && reason !== null
    ? (reason as Error)
    : new Error(String(reason));
}

/** Bounded in bytes and time: the answer may be an endless stream of its own. */
async function refusalBody(
  exchange: Exchange,
  timeout: number,
): Promise<string> {
  const timer = setTimeout(
    () => exchange.destroy(),
    Math.min(timeout || DEFAULT_TIMEOUT, DEFAULT_TIMEOUT),
  );
  const chunks: Buffer[] = [];
  let size = 0;
  try {
    for await (const chunk of exchange.body as AsyncIterable<Buffer>) {
      chunks.push(chunk);
      size += chunk.length;
      if (size >= REFUSAL_BODY_LIMIT) break;
    }
  } catch {
    // A body that was cut still says more than none: the status tells the rest.
  } finally {
    clearTimeout(timer);
    exchange.destroy();
  }
  await exchange.closed;
  return Buffer.concat(chunks).subarray(0, REFUSAL_BODY_LIMIT).toString();
}
