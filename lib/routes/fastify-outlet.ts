import { Readable } from 'node:stream';
import type { ServerResponse } from 'node:http';
import type { SseRequest } from '../sessions/connection.js';
import type { Frame } from '../wire/frame.js';
import { eventStreamHeaders } from '../wire/head.js';
import type { Outlet, WriterMode } from '../wire/outlet.js';
import { exposeHeaders } from '../wire/response-head.js';
import { ResponseOutlet } from '../wire/response-outlet.js';

/** The part of a Fastify reply that is used here. */
export interface FastifyReplyLike {
  readonly raw: ServerResponse;
  code(status: number): unknown;
  header(name: string, value: string): unknown;
  getHeader(name: string): unknown;
  removeHeader(name: string): unknown;
  send(payload: Readable): unknown;
}

/** Whether a response is a reply of Fastify's. */
export function isFastifyReply(
  response: unknown,
): response is FastifyReplyLike {
  return (
    typeof response === 'object' &&
    response !== null &&
    'raw' in response &&
    'code' in response &&
    'send' in response
  );
}

// With more than this waiting for Fastify's hooks, sources have to wait too.
const EARLY_BYTES = 64 * 1024;

/**
 * An outlet over a Fastify reply. The reply is sent as a stream, so that the
 * application's hooks run and its headers and cookies are kept. When Fastify
 * pipes that stream to the response as it is, frames go past it, straight to
 * the response; when a hook put something in between, they go through it.
 */
export class FastifyOutlet implements Outlet {
  readonly #direct: ResponseOutlet;
  readonly #body: Readable;
  /** Frames from before Fastify asked for the body. */
  readonly #early: Frame[] = [];
  #earlyBytes = 0;
  #mode: 'waiting' | 'direct' | 'through' = 'waiting';
  #isOpened = false;
  #isEnded = false;
  #taken = 0;
  #onDrain: (() => void) | undefined;

  constructor(
    readonly request: SseRequest,
    private readonly reply: FastifyReplyLike,
    mode: WriterMode,
  ) {
    this.#direct = new ResponseOutlet(request, reply.raw, mode);
    this.#body = new Readable({ read: () => this.#asked() });
  }

  get opened(): boolean {
    return this.#isOpened;
  }

  get closed(): boolean {
    return this.#direct.closed;
  }

  get pending(): number {
    return this.#mode === 'through'
      ? this.#body.readableLength + this.#direct.pending
      : this.#earlyBytes + this.#direct.pending;
  }

  get taken(): number {
    return this.#taken + this.#direct.taken;
  }

  open(headers: Readonly<Record<string, string>> = {}): void {
    if (this.#isOpened) {
      return;
    }
    this.#isOpened = true;
    this.#setHead(headers);
    const { reply } = this;
    reply.raw.once('pipe', (source: unknown) => this.#piped(source, headers));
    reply.send(this.#body);
  }

  write(frame: Frame): boolean {
    if (this.#isEnded || this.closed || !this.#isOpened) {
      return false;
    }
    if (this.#mode !== 'waiting') {
      return this.#put(frame);
    }
    this.#early.push(frame);
    this.#earlyBytes += frame.size;
    return this.#earlyBytes < EARLY_BYTES;
  }

  onDrain(listener: () => void): void {
    if (this.#mode === 'direct') {
      this.#direct.onDrain(listener);
    } else {
      this.#onDrain = listener;
    }
  }

  onClose(listener: () => void): void {
    this.#direct.onClose(listener);
  }

  end(): void {
    if (!this.#isEnded) {
      this.#isEnded = true;
      if (this.#mode !== 'waiting') {
        this.#body.push(null);
      }
    }
  }

  destroy(): void {
    this.#isEnded = true;
    this.#direct.destroy();
  }

  #setHead(headers: Readonly<Record<string, string>>): void {
    const { reply, request } = this;
    reply.code(200);
    // It would be the length of some other body.
    reply.removeHeader('Content-Length');
    const defaults = eventStreamHeaders(request.httpVersionMajor);
    // Node says it itself where the request allows.
    delete defaults['Connection'];
    for (const [name, value] of Object.entries(defaults)) {
      const own = reply.getHeader(name) ?? reply.raw.getHeader(name);
      if (name === 'Content-Type' || own === undefined) {
        reply.header(name, value);
      }
    }
    for (const [name, value] of Object.entries(headers)) {
      reply.header(name, value);
    }
  }

  /** The application's hooks have run, and all its headers are set. */
  #piped(source: unknown, headers: Readonly<Record<string, string>>): void {
    const { raw } = this.reply;
    if (source === this.#body) {
      this.#mode = 'direct';
      this.#direct.open(headers);
    } else {
      this.#mode = 'through';
      exposeHeaders(raw, Object.keys(headers));
      // What stands in between may hold the first bytes back, and the head
      // would wait for them.
      raw.flushHeaders();
    }
    for (const frame of this.#early.splice(0)) {
      this.#put(frame);
    }
    this.#earlyBytes = 0;
    if (this.#isEnded) {
      this.#body.push(null);
    }
    this.#drained();
  }

  #put(frame: Frame): boolean {
    return this.#mode === 'direct'
      ? this.#direct.write(frame)
      : this.#body.push(frame.bytes);
  }

  /** What a hook put in between asks for more. */
  #asked(): void {
    this.#taken += 1;
    if (this.#mode === 'through') {
      this.#drained();
    }
  }

  #drained(): void {
    const listener = this.#onDrain;
    this.#onDrain = undefined;
    listener?.();
  }
}
