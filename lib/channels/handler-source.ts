import { isObservable, type Observable, type Subscription } from 'rxjs';
import type { SseConnection } from '../sessions/connection.js';
import { checkMessage, type SseMessage } from '../sessions/message.js';
import { Frame } from '../wire/frame.js';
import type { Serializer } from '../wire/serialize.js';
import { ChannelEvent } from './channel-event.js';

/** An event in the shape of Nest's `MessageEvent`. */
export interface HandlerMessage {
  readonly data: unknown;
  readonly type?: string;
  readonly id?: string;
  readonly retry?: number;
  readonly comment?: string;
}

/** What a stream's handler may return. */
export type HandlerResult =
  Observable<unknown> | AsyncIterable<unknown> | null | undefined | void;

/** What the source of a stream needs of its surroundings. */
export interface SourceContext {
  readonly serializer: Serializer;
  /** The stream ends when the source does. */
  readonly endOnComplete: boolean;
  /** The text a client may read of an error. */
  readonly describeError: (error: unknown) => string;
  readonly report: (error: unknown) => void;
  readonly warn: (message: string) => void;
}

const MESSAGE_KEYS = new Set(['data', 'type', 'id', 'retry', 'comment']);

/**
 * Writes what a handler returned among the channels' events, in its own order.
 * An error before {@link opened} is the caller's, so it can still be answered
 * with a status.
 */
export class HandlerSource {
  #subscription: Subscription | undefined;
  #iterable: AsyncIterable<unknown> | undefined;
  #isOpened = false;
  #isComplete = false;
  #warned = false;

  constructor(
    private readonly connection: SseConnection,
    private readonly context: SourceContext,
  ) {}

  /**
   * Subscribes. What comes at once waits for the stream to open.
   *
   * @throws what the source throws on subscribing
   */
  start(result: HandlerResult): void {
    if (isObservable(result)) {
      this.#subscribe(result);
    } else if (isAsyncIterable(result)) {
      this.#iterable = result;
    }
  }

  /** The head is out. */
  opened(): void {
    this.#isOpened = true;
    if (this.#isComplete) {
      this.#complete();
    }
    if (this.#iterable !== undefined) {
      void this.#pull(this.#iterable);
    }
  }

  stop(): void {
    this.#subscription?.unsubscribe();
  }

  #subscribe(source: Observable<unknown>): void {
    let early: { readonly error: unknown } | undefined;
    this.#subscription = source.subscribe({
      next: (value) => this.#write(value),
      error: (error: unknown) => {
        if (this.#isOpened) {
          this.#fail(error);
        } else {
          early = { error };
        }
      },
      complete: () => {
        this.#isComplete = true;
        if (this.#isOpened) {
          this.#complete();
        }
      },
    });
    if (early !== undefined) {
      throw early.error;
    }
    this.connection.on('close', () => this.stop());
  }

  async #pull(source: AsyncIterable<unknown>): Promise<void> {
    const { connection } = this;
    const iterator = source[Symbol.asyncIterator]();
    // Not for await: leaving must reach an iterator that waits in next().
    connection.on('close', () => {
      iterator.return?.().catch((error: unknown) => this.context.report(error));
    });
    try {
      while (connection.isOpen) {
        const result = await iterator.next();
        if (result.done === true) {
          this.#complete();
          return;
        }
        this.#write(result.value);
        await new Promise<void>((resolve) => {
          connection.delivery.whenTaking(resolve);
        });
      }
    } catch (error) {
      this.#fail(error);
    }
  }

  #write(value: unknown): void {
    const { connection } = this;
    if (!connection.isOpen) {
      return;
    }
    if (value instanceof ChannelEvent) {
      this.#writeChannelEvent(value);
      return;
    }
    try {
      const { fields } = checkMessage(
        this.#messageOf(value),
        this.context.serializer,
      );
      connection.write(Frame.event(fields));
    } catch (error) {
      this.#subscription?.unsubscribe();
      this.#fail(error);
    }
  }

  #writeChannelEvent(event: ChannelEvent): void {
    const { connection } = this;
    const isOnChannel = connection.delivery.links.some(
      ({ feed }) => feed.name === event.channel,
    );
    // The fan-out wrote it already, or the log will.
    if (!isOnChannel) {
      const entry = ChannelEvent.entryOf(event);
      connection.write(
        entry?.bareFrame ??
          Frame.event({ event: event.event, data: JSON.stringify(event.data) }),
      );
    }
  }

  #messageOf(value: unknown): SseMessage {
    if (!isMessage(value)) {
      return { data: value };
    }
    const { data, type, id, retry, comment } = value;
    if (id !== undefined && this.connection.delivery.cursorMode === 'log') {
      this.#warnOfId();
      return { data, event: type, retry, comment };
    }
    return { data, event: type, id, retry, comment };
  }

  #warnOfId(): void {
    if (!this.#warned) {
      this.#warned = true;
      this.context.warn(
        "A handler's own event id was left out: on this route the channels " +
          "keep the client's cursor. Set cursor: 'app' to keep it yourself.",
      );
    }
  }

  #complete(): void {
    if (this.context.endOnComplete) {
      this.connection.end();
    }
  }

  #fail(error: unknown): void {
    const { connection, context } = this;
    context.report(error);
    const data = JSON.stringify({ message: context.describeError(error) });
    connection.write(Frame.event({ event: 'channels:error', data }));
    connection.close('error');
  }
}

function isAsyncIterable(value: unknown): value is AsyncIterable<unknown> {
  return (
    typeof value === 'object' && value !== null && Symbol.asyncIterator in value
  );
}

/** An object with `data` and nothing a MessageEvent does not have. */
function isMessage(value: unknown): value is HandlerMessage {
  return (
    typeof value === 'object' &&
    value !== null &&
    Object.hasOwn(value, 'data') &&
    Object.keys(value).every((key) => MESSAGE_KEYS.has(key))
  );
}
