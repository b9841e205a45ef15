import { Readable } from 'node:stream';
import type { ServerResponse } from 'node:http';
import type { SseRequest } from '../sessions/connection.js';
import type { Frame } from '../wire/frame.js';
import { eventStreamHeaders } from '../wire/head.js';
import type { Outlet, WriterMode } from '../wire/outlet.js';
import { ResponseOutlet } from '../wire/response-outlet.js';

/** The part of a Fastify reply that is used here. */
export interface FastifyReplyLike {
  readonly raw: ServerResponse;
  code(status: number): unknown;
  header(name: string, value: string): unknown;
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
  #early: Frame[] = [];
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
    const { reply, request } = this;
    reply.code(200);
    const all = { ...eventStreamHeaders(request.httpVersionMajor), ...headers };
    for (const [name, value] of Object.entries(all)) {
      reply.header(name, value);
    }
    reply.raw.once('pipe', (source: unknown) => {
      this.#mode = source === this.#body ? 'direct' : 'through';
    });
    reply.send(this.#body);
  }

  write(frame: Frame): boolean {
    if (this.#isEnded || this.closed || !this.#isOpened) {
      return false;
    }
    switch (this.#mode) {
      case 'direct':
        return this.#direct.write(frame);
      case 'through':
        return this.#body.push(frame.bytes);
      default:
        this.#early.push(frame);
        this.#earlyBytes += frame.size;
        return true;
    }
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

  /** Fastify, or what a hook put in between, asks for the body. */
  #asked(): void {
    this.#taken += 1;
    if (this.#early.length > 0 || this.#mode !== 'through') {
      this.#start();
    }
    const listener = this.#onDrain;
    this.#onDrain = undefined;
    listener?.();
  }

  #start(): void {
    if (this.#mode === 'direct' && !this.#direct.opened) {
      this.#direct.open();
    }
    const early = this.#early;
    this.#early = [];
    this.#earlyBytes = 0;
    for (const frame of early) {
      if (this.#mode === 'direct') {
        this.#direct.write(frame);
      } else {
        this.#body.push(frame.bytes);
      }
    }
    if (this.#isEnded) {
      this.#body.push(null);
    }
  }
}
