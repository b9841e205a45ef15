import { EventParser } from './event-parser.js';
import type { Exchange, ResponseHeaders } from './exchange.js';
import { Mailbox } from './mailbox.js';
import type { WaitOptions } from './open-stream.options.js';
import type { StreamEvent } from './stream-event.js';

/** An open event stream: everything that arrived, and waits for what comes. */
export class EventStream
  implements AsyncIterable<StreamEvent>, AsyncDisposable
{
  readonly status: number;
  readonly headers: ResponseHeaders;
  /** Resolves when the stream has ended, by either side. Never rejects. */
  readonly ended: Promise<void>;

  readonly #exchange: Exchange;
  readonly #timeout: number;
  readonly #events = new Mailbox<StreamEvent>();
  readonly #comments = new Mailbox<string>();
  readonly #parser: EventParser;
  #raw = '';
  #closed = false;
  #closedHere = false;
  #clean: boolean | undefined;
  #error: Error | undefined;

  /** @internal */
  constructor(exchange: Exchange, timeout: number) {
    this.status = exchange.status;
    this.headers = exchange.headers;
    this.#exchange = exchange;
    this.#timeout = timeout;
    this.#parser = new EventParser({
      onEvent: (event) => this.#events.put(event),
      onComment: (text) => this.#comments.put(text),
    });
    this.ended = this.#read();
  }

  /** All events so far, also those `next()` has given. */
  get events(): readonly StreamEvent[] {
    return this.#events.items;
  }

  /** All comments so far, without their colon and one space. */
  get comments(): readonly string[] {
    return this.#comments.items;
  }

  /** All text so far, as it came. */
  get raw(): string {
    return this.#raw;
  }

  /** The cursor a reconnect would send; blocks without data move it too. */
  get lastEventId(): string {
    return this.#parser.lastEventId;
  }

  /** The last `retry:` in milliseconds. */
  get retry(): number | undefined {
    return this.#parser.retry;
  }

  /** Whether the stream has ended, by either side. */
  get closed(): boolean {
    return this.#closed;
  }

  /**
   * Whether the server ended the stream properly, rather than cut it.
   * `undefined` while it is open, and when this side closed it.
   */
  get clean(): boolean | undefined {
    return this.#clean;
  }

  /**
   * The next event not given yet; with a name, the next of that name, and those
   * before it are skipped. Rejects when the stream ends or the time is up, with
   * a message that shows what has arrived.
   */
  next(event?: string, options?: WaitOptions): Promise<StreamEvent> {
    return this.#wait(
      event === undefined ? 'an event' : `an event '${event}'`,
      (candidate) => event === undefined || candidate.event === event,
      options,
    );
  }

  /** The next event that fits; those before it are skipped. */
  until(
    predicate: (event: StreamEvent) => boolean,
    options?: WaitOptions,
  ): Promise<StreamEvent> {
    return this.#wait('a fitting event', predicate, options);
  }

  /** The next `count` events; the time counts for all of them together. */
  take(count: number, options?: WaitOptions): Promise<StreamEvent[]> {
    return Promise.all(
      Array.from({ length: count }, () => this.next(undefined, options)),
    );
  }

  /** The next comment not given yet. */
  comment(options?: WaitOptions): Promise<string> {
    return this.#comments.take(
      () => true,
      options?.timeout ?? this.#timeout,
      () => this.#failure('Waited in vain for a comment.'),
    );
  }

  /** Stops reading the socket, as a slow client does. */
  pause(): void {
    this.#exchange.body.pause();
  }

  resume(): void {
    this.#exchange.body.resume();
  }

  /** Leaves; resolves once the connection is closed. */
  async close(): Promise<void> {
    if (!this.#closed) this.#closedHere = true;
    this.#exchange.destroy();
    await Promise.all([this.#exchange.closed, this.ended]);
  }

  /** The events not given yet, until the stream ends. Leaves it open. */
  async *[Symbol.asyncIterator](): AsyncIterator<StreamEvent> {
    for (;;) {
      let event: StreamEvent;
      try {
        event = await this.next(undefined, { timeout: 0 });
      } catch (error) {
        if (this.#closed) return;
        throw error;
      }
      yield event;
    }
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  #wait(
    what: string,
    matches: (event: StreamEvent) => boolean,
    options: WaitOptions | undefined,
  ): Promise<StreamEvent> {
    return this.#events.take(matches, options?.timeout ?? this.#timeout, () =>
      this.#failure(`Waited in vain for ${what}.`),
    );
  }

  #read(): Promise<void> {
    const { body } = this.#exchange;
    // The parser wants the BOM: it is the one that knows where a stream starts.
    const decoder = new TextDecoder('utf-8', { ignoreBOM: true });
    const take = (text: string): void => {
      this.#raw += text;
      this.#parser.push(text);
    };
    body.on('data', (bytes: Buffer) =>
      take(decoder.decode(bytes, { stream: true })),
    );
    body.on('error', (error: Error) => (this.#error = error));
    return new Promise((resolve) => {
      body.once('close', () => {
        this.#closed = true;
        if (!this.#closedHere) this.#clean = this.#exchange.complete();
        const failure = (): Error => this.#failure('The stream has ended.');
        this.#events.end(failure);
        this.#comments.end(failure);
        resolve();
      });
    });
  }

  #failure(what: string): Error {
    const shown = this.events.slice(-10).map(({ event, id, data }) => {
      const name = id === undefined ? event : `${event} (id ${id})`;
      const text = data.length > 200 ? `${data.slice(0, 200)}…` : data;
      return `  ${name}: ${text}`;
    });
    const arrived =
      `${this.events.length} event(s), ${this.comments.length} comment(s)` +
      ` and ${this.#raw.length} character(s) had arrived` +
      (shown.length === 0 ? '.' : `, at last:\n${shown.join('\n')}`);
    return new Error(`${what} ${arrived}`, { cause: this.#error });
  }
}
