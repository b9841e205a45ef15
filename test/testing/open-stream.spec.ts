import http, { type IncomingMessage, type ServerResponse } from 'node:http';
import type { Http2ServerResponse } from 'node:http2';
import { describe, it, expect, afterEach } from '@jest/globals';
import {
  openStream,
  StreamRefusedError,
  type EventStream,
} from 'nestjs-sse-channels/testing';
import {
  bareServer,
  openHead,
  type BareServer,
  type Handler,
} from './bare-server.js';

const closing: (() => Promise<unknown>)[] = [];

async function serve(handler: Handler, version?: 1 | 2): Promise<BareServer> {
  const server = await bareServer(handler, version);
  closing.push(() => server.close());
  return server;
}

async function open(
  ...args: Parameters<typeof openStream>
): Promise<EventStream> {
  const stream = await openStream(...args);
  closing.push(() => stream.close());
  return stream;
}

function cut(response: ServerResponse): void {
  const { stream } = response as unknown as Partial<Http2ServerResponse>;
  if (stream === undefined) response.destroy();
  else stream.session?.destroy();
}

function deferred(): { promise: Promise<void>; resolve: () => void } {
  let resolve = (): void => {};
  const promise = new Promise<void>((settle) => (resolve = settle));
  return { promise, resolve };
}

async function refusal(opening: Promise<unknown>): Promise<unknown> {
  return opening.then(
    () => {
      throw new Error('It opened.');
    },
    (error: unknown) => error,
  );
}

afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
});

describe.each([1, 2] as const)('openStream over HTTP/%i', (version) => {
  const http2 = version === 2;

  it('resolves with the head before any event', async () => {
    let response: ServerResponse | undefined;
    const server = await serve((_req, res) => {
      res.setHeader('x-test', 'yes');
      openHead(res);
      response = res;
    }, version);
    const stream = await open(server.url, { http2 });
    expect(stream.status).toBe(200);
    expect(stream.headers['x-test']).toBe('yes');
    expect(stream.closed).toBe(false);
    expect(stream.clean).toBeUndefined();
    response?.write('event: tick\ndata: {"n":1}\n\n');
    const event = await stream.next('tick');
    expect(event.json()).toEqual({ n: 1 });
  });

  it('joins a character cut between two writes', async () => {
    const bytes = Buffer.from('data: ä😀\n\n');
    const server = await serve((_req, res) => {
      openHead(res);
      let index = 0;
      const write = (): void => {
        if (index === bytes.length) return;
        res.write(bytes.subarray(index, ++index));
        setImmediate(write);
      };
      write();
    }, version);
    const stream = await open(server.url, { http2 });
    expect((await stream.next()).data).toBe('ä😀');
    expect(stream.raw).toBe('data: ä😀\n\n');
  });

  it('sends the method, the body, the headers and the cursor as UTF-8', async () => {
    let seen: IncomingMessage | undefined;
    let body = '';
    const server = await serve((req, res) => {
      seen = req;
      req.setEncoding('utf8').on('data', (text: string) => (body += text));
      req.on('end', () => openHead(res));
    }, version);
    await open(server.url, {
      http2,
      method: 'POST',
      body: 'hello',
      headers: { 'X-Own': '1', Accept: '*/*' },
      lastEventId: 'é-1',
    });
    expect(seen?.method).toBe('POST');
    expect(body).toBe('hello');
    expect(seen?.headers).toMatchObject({ 'x-own': '1', accept: '*/*' });
    const id = String(seen?.headers['last-event-id']);
    expect(Buffer.from(id, 'latin1').toString()).toBe('é-1');
  });

  it('rejects with what the server answered instead', async () => {
    const server = await serve((_req, res) => {
      res.writeHead(401, { 'content-type': 'application/json' });
      res.end('{"no":1}');
    }, version);
    const error = await refusal(openStream(server.url, { http2 }));
    expect(error).toBeInstanceOf(StreamRefusedError);
    expect(error).toMatchObject({
      status: 401,
      headers: { 'content-type': 'application/json' },
      body: '{"no":1}',
    });
    expect((error as Error).message).toContain('401 application/json');
  });

  it('takes neither a 204 nor another content type for a stream', async () => {
    const server = await serve((req, res) => {
      if (req.url === '/204') res.writeHead(204).end();
      else res.writeHead(200, { 'content-type': 'text/plain' }).end('hi');
    }, version);
    expect(
      await refusal(openStream(`${server.url}204`, { http2 })),
    ).toMatchObject({ status: 204, body: '' });
    expect(await refusal(openStream(server.url, { http2 }))).toMatchObject({
      status: 200,
      body: 'hi',
    });
  });

  it('gives up on a head that does not come', async () => {
    const server = await serve(() => {}, version);
    const error = await refusal(openStream(server.url, { http2, timeout: 20 }));
    expect(String(error)).toContain('no head within 20 ms');
  });

  it('rejects when nobody listens', async () => {
    const server = await bareServer(() => {}, version);
    await server.close();
    expect(await refusal(openStream(server.url, { http2 }))).toMatchObject({
      code: 'ECONNREFUSED',
    });
  });

  it('tells a proper end from a cut', async () => {
    const server = await serve((req, res) => {
      openHead(res);
      res.write('data: last\n\n', () => {
        if (req.url === '/end') res.end();
        else cut(res);
      });
    }, version);
    const ended = await open(`${server.url}end`, { http2 });
    await ended.ended;
    expect([ended.closed, ended.clean]).toEqual([true, true]);
    expect((await ended.next()).data).toBe('last');

    const broken = await open(`${server.url}cut`, { http2 });
    await broken.ended;
    expect([broken.closed, broken.clean]).toEqual([true, false]);
  });

  it('closes: the server sees the client gone', async () => {
    const gone = deferred();
    const server = await serve((_req, res) => {
      openHead(res);
      res.once('close', gone.resolve);
    }, version);
    const stream = await open(server.url, { http2 });
    await stream.close();
    await stream.close();
    await stream.ended;
    await gone.promise;
    expect([stream.closed, stream.clean]).toEqual([true, undefined]);
  });

  it('leaves no connection behind when the server ends the stream', async () => {
    const server = await serve((_req, res) => {
      openHead(res);
      res.end('data: x\n\n');
    }, version);
    const stream = await open(server.url, { http2 });
    await stream.close();
    while ((await server.connections()) > 0) {
      await new Promise(setImmediate);
    }
  });

  it('stops reading on pause and goes on after resume', async () => {
    const total = 24 * 1024 * 1024;
    let sent = 0;
    const server = await serve((_req, res) => {
      openHead(res);
      const block = `data: ${'x'.repeat(64 * 1024)}\n\n`;
      const fill = (): void => {
        while (sent < total) {
          sent += block.length;
          if (!res.write(block)) {
            res.once('drain', fill);
            return;
          }
        }
        res.end('event: done\ndata\n\n');
      };
      fill();
    }, version);
    const stream = await open(server.url, { http2 });
    stream.pause();
    // Unpaused, the server would not come to rest before it has sent it all.
    for (let before = -1; before !== sent;) {
      before = sent;
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
    expect(sent).toBeLessThan(total);
    stream.resume();
    await stream.next('done');
    expect(stream.raw.length).toBeGreaterThanOrEqual(total);
  });
});

describe('an open stream', () => {
  async function streamOf(
    text: string,
    timeout?: number,
  ): Promise<{ stream: EventStream; response: ServerResponse }> {
    const responses: ServerResponse[] = [];
    const server = await serve((_req, res) => {
      responses.push(res);
      openHead(res);
      res.write(text);
    });
    const stream = await open(server.url, { timeout });
    return { stream, response: responses[0] as ServerResponse };
  }

  it('gives each event once, and by name skips the others', async () => {
    const { stream } = await streamOf(
      'data: 1\n\nevent: b\ndata: 2\n\ndata: 3\n\nevent: b\ndata: 4\n\n',
    );
    expect((await stream.next()).data).toBe('1');
    expect((await stream.next('b')).data).toBe('2');
    expect((await stream.until((event) => event.data > '3')).data).toBe('4');
    expect(stream.events.map(({ data }) => data)).toEqual(['1', '2', '3', '4']);
  });

  it('serves waits in the order they were made', async () => {
    const { stream, response } = await streamOf(':ok\n\n');
    const waits = [stream.next(), stream.next('b'), ...[stream.take(2)]];
    response.write('data: 1\n\ndata: 2\n\nevent: b\ndata: 3\n\n');
    response.write('data: 4\n\ndata: 5\n\n');
    expect((await Promise.all(waits)).flat().map(({ data }) => data)).toEqual([
      '1',
      '3',
      '4',
      '5',
    ]);
  });

  it('shows what has arrived when a wait is in vain', async () => {
    const { stream } = await streamOf('id: 9\nevent: a\ndata: hi\n\n', 50);
    await stream.next('a');
    const error = await refusal(stream.next('b'));
    expect(String(error)).toContain("Waited in vain for an event 'b'");
    expect(String(error)).toContain('a (id 9): hi');
  });

  it('leaves what a wait in vain has skipped for the next wait', async () => {
    const { stream } = await streamOf('data: 1\n\n', 0);
    await refusal(stream.next('b', { timeout: 20 }));
    expect((await stream.next()).data).toBe('1');
  });

  it("rejects with a predicate's own error", async () => {
    const { stream } = await streamOf('data: 1\n\n');
    const error = new Error('mine');
    const until = stream.until(() => {
      throw error;
    });
    expect(await refusal(until)).toBe(error);
    expect((await stream.next()).data).toBe('1');
  });

  it('rejects a wait when the stream ends', async () => {
    const { stream, response } = await streamOf('data: 1\n\n');
    const wait = refusal(stream.next('b'));
    response.end();
    expect(String(await wait)).toContain('The stream has ended');
    expect(String(await refusal(stream.comment()))).toContain('has ended');
    expect((await stream.next()).data).toBe('1');
  });

  it('reads comments, retry, ids and the raw text', async () => {
    const text = ':a\n\nretry: 5\n\n: b\nid: 3\n\n';
    const { stream } = await streamOf(text);
    expect(await stream.comment()).toBe('a');
    expect(await stream.comment()).toBe('b');
    expect(stream.comments).toEqual(['a', 'b']);
    expect(stream.retry).toBe(5);
    expect(stream.lastEventId).toBe('3');
    expect(stream.raw).toBe(text);
  });

  it('iterates until the end', async () => {
    const { stream, response } = await streamOf('data: 1\n\ndata: 2\n\n');
    const seen: string[] = [];
    for await (const { data } of stream) {
      seen.push(data);
      if (data === '2') response.end('data: 3\n\n');
    }
    expect(seen).toEqual(['1', '2', '3']);
  });

  it('closes at the end of its block', async () => {
    const { stream } = await streamOf('data: 1\n\n');
    await stream[Symbol.asyncDispose]();
    expect(stream.closed).toBe(true);
  });

  it('closes when its signal aborts, and refuses one aborted before', async () => {
    const server = await serve((req, res) => {
      if (req.url !== '/never') openHead(res);
    });
    const controller = new AbortController();
    const { signal } = controller;
    const stream = await open(server.url, { signal });
    const opening = refusal(openStream(`${server.url}never`, { signal }));
    const reason = new Error('enough');
    controller.abort(reason);
    await stream.ended;
    expect(await opening).toBe(reason);
    expect(await refusal(openStream(server.url, { signal }))).toBe(reason);
  });

  it("uses the caller's agent", async () => {
    const server = await serve((_req, res) => openHead(res));
    const agent = new http.Agent();
    const stream = await open(server.url, { agent });
    expect(Object.values(agent.sockets).flat()).toHaveLength(1);
    await stream.close();
    expect(Object.values(agent.sockets).flat()).toHaveLength(0);
  });

  it('bounds the body of a refusal that never ends', async () => {
    const server = await serve((_req, res) => {
      res.writeHead(500, { 'content-type': 'text/plain' });
      const write = (): void => {
        while (!res.closed && res.write('x'.repeat(10_000)));
        if (!res.closed) res.once('drain', write);
      };
      write();
    });
    const error = (await refusal(openStream(server.url))) as StreamRefusedError;
    expect(error.body).toHaveLength(64 * 1024);
  });
});
