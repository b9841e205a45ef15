import { EventSource } from 'eventsource';
import {
  createChannels,
  type Channels,
  type ChannelsOptions,
  type OpenOptions,
  type SessionIdentity,
  type SseConnection,
  type SseRequest,
  type SseResponse,
  type SseSession,
} from 'nestjs-sse-channels/core';
import {
  openStream,
  type EventStream,
  type OpenStreamOptions,
  type StreamEvent,
} from 'nestjs-sse-channels/testing';
import { serve, type TestServer, type Transport } from './test-server.js';

export interface TestAppOptions extends ChannelsOptions {
  readonly transport?: Transport;
  /** How every stream opens, its channels aside. */
  readonly stream?: OpenOptions;
  /** Runs in the handler once a stream is open. */
  readonly onOpen?: (session: SseSession, request: SseRequest) => void;
}

/** Who connects: `session` names an identified session. */
export interface ConnectOptions extends OpenStreamOptions {
  readonly session?: string;
  readonly user?: string;
  readonly data?: Record<string, unknown>;
}

/** One client with both ends of its stream. */
export class TestClient {
  #marks = 0;

  constructor(
    readonly stream: EventStream,
    readonly session: SseSession,
    readonly connection: SseConnection,
  ) {}

  /** All events that were sent up to now, once they have arrived. */
  async received(): Promise<StreamEvent[]> {
    const mark = `mark-${(this.#marks += 1)}`;
    this.connection.push('test-mark', mark);
    await this.stream.until(({ data }) => data === mark);
    return this.stream.events.filter(({ event }) => event !== 'test-mark');
  }

  /** {@link received} as `event:data`. */
  async texts(): Promise<string[]> {
    const events = await this.received();
    return events.map(({ event, data }) => `${event}:${data}`);
  }
}

const closing: (() => unknown)[] = [];

/** Has something closed when the test is over. */
export function atEnd<T>(thing: T, close: (thing: T) => unknown): T {
  closing.push(() => close(thing));
  return thing;
}

/** Closes what tests have opened, newest first; for `afterEach`. */
export async function closeAll(): Promise<void> {
  for (const close of closing.splice(0).reverse()) {
    await close();
  }
}

/** Channels on a real server; `?channel=a&channel=b` chooses a stream's. */
export class TestApp {
  /** What went to the logger, oldest first. */
  readonly logged: unknown[] = [];
  /** What the registry emitted as `failure`. */
  readonly failures: unknown[] = [];
  /** What `open` rejected with. */
  readonly refusals: unknown[] = [];
  readonly channels: Channels;
  readonly #opened = new Map<string, (opened: TestOpened) => void>();
  #server: TestServer | undefined;
  #probes = 0;

  private constructor(private readonly options: TestAppOptions) {
    const log = (...messages: unknown[]): void => {
      this.logged.push(...messages);
    };
    this.channels = createChannels({
      identify: identifyByHeaders,
      logger: { error: log, warn: log, log },
      ...options,
    });
    this.channels.registry.on('failure', (error) => this.failures.push(error));
  }

  static async start(options: TestAppOptions = {}): Promise<TestApp> {
    const app = new TestApp(options);
    app.#server = await serve(
      (request, response) => app.#handle(request, response),
      options.transport,
    );
    return atEnd(app, () => app.close());
  }

  get url(): string {
    return this.#running.url;
  }

  /** Opens a stream and waits for both of its ends. */
  async connect(
    channels: string | readonly string[] = [],
    { session, user, data, ...options }: ConnectOptions = {},
  ): Promise<TestClient> {
    const probe = String((this.#probes += 1));
    const opened = new Promise<TestOpened>((resolve) => {
      this.#opened.set(probe, resolve);
    });
    const headers: Record<string, string> = { 'x-probe': probe };
    if (session !== undefined) headers['x-session'] = session;
    if (user !== undefined) headers['x-user'] = user;
    if (data !== undefined) headers['x-data'] = JSON.stringify(data);
    const stream = await openStream(this.urlOf(channels), {
      ...this.#running.client,
      ...options,
      headers: { ...headers, ...options.headers },
    });
    atEnd(stream, () => stream.close());
    const { session: opener, connection } = await opened;
    return new TestClient(stream, opener, connection);
  }

  /** The stream as a browser opens it. */
  eventSource(channels: string | readonly string[] = []): EventSource {
    return atEnd(new EventSource(this.urlOf(channels)), (source) =>
      source.close(),
    );
  }

  urlOf(channels: string | readonly string[]): string {
    const names = typeof channels === 'string' ? [channels] : channels;
    const url = new URL(this.url);
    for (const name of names) {
      url.searchParams.append('channel', name);
    }
    return url.href;
  }

  async close(): Promise<void> {
    await this.channels.close();
    await this.#running.close();
  }

  get #running(): TestServer {
    if (this.#server === undefined) {
      throw new Error('The app has not started.');
    }
    return this.#server;
  }

  async #handle(request: SseRequest, response: SseResponse): Promise<void> {
    const { searchParams } = new URL(request.url ?? '/', this.url);
    try {
      const session = await this.channels.open(request, response, {
        channels: searchParams.getAll('channel'),
        ...this.options.stream,
      });
      const connection = [...session.connections].find(
        (one) => one.request === request,
      ) as SseConnection;
      this.options.onOpen?.(session, request);
      const probe = String(request.headers['x-probe']);
      this.#opened.get(probe)?.({ session, connection });
      this.#opened.delete(probe);
    } catch (error) {
      this.refusals.push(error);
      if (!response.writableEnded && !response.headersSent) {
        response.statusCode = 500;
        response.end();
      }
    }
  }
}

interface TestOpened {
  readonly session: SseSession;
  readonly connection: SseConnection;
}

function identifyByHeaders({ headers }: SseRequest): SessionIdentity {
  const data = headers['x-data'];
  return {
    id: headers['x-session'] as string | undefined,
    userId: headers['x-user'] as string | undefined,
    data:
      data === undefined
        ? undefined
        : (JSON.parse(data as string) as Record<string, unknown>),
  };
}
