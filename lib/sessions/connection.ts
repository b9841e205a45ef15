import { randomUUID } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Http2ServerRequest, Http2ServerResponse } from 'node:http2';
import { SseChannelsError } from '../wire/errors.js';
import { Frame } from '../wire/frame.js';
import { lastEventId } from '../wire/head.js';
import type { Outlet } from '../wire/outlet.js';
import { ResponseOutlet } from '../wire/response-outlet.js';
import type { CloseReason } from './close-reason.js';
import {
  checkDuration,
  normalizeConnectionOptions,
  type SseConnectionOptions,
} from './connection.options.js';
import { Delivery, type DeliveryOwner } from './delivery.js';
import { Emitter, type Listener } from './emitter.js';
import type { Engine } from './engine.js';
import { createLoneEngine } from './lone-engine.js';
import { checkMessage, type SseMessage } from './message.js';
import { AgeTimer, PingTimer } from './connection-timers.js';
import { planResume } from './resume.js';
import { startDelivery } from './start.js';
import type { SseSession } from './session.js';

/** Events of a connection, with what their listeners get. */
export interface SseConnectionEvents {
  close: [reason: CloseReason];
  timeout: [];
}

export type SseRequest = IncomingMessage | Http2ServerRequest;
export type SseResponse = ServerResponse | Http2ServerResponse;

/** What an application's engine hands to a connection it opens. */
export interface Embedding {
  readonly engine: Engine;
  readonly outlet: Outlet;
  readonly lastEventId: string | undefined;
}

/**
 * One open event-stream response.
 *
 * Built from a request and a response it works alone: the head leaves at once,
 * and nothing is written by itself unless `ping` is set. It keeps no history
 * and no state; put it on a channel with `channel.register(connection)`.
 */
export class SseConnection implements DeliveryOwner {
  /** New at each open; public, so no secret. */
  readonly id: string = randomUUID();
  /** The cursor the client brought (`Last-Event-ID`): untrusted text. */
  readonly lastEventId: string | undefined;
  readonly request: SseRequest;
  /** Milliseconds since 1970. */
  readonly openedAt: number = Date.now();
  /** @internal */
  readonly delivery: Delivery;
  /** @internal The party this connection belongs to. */
  session: SseSession | undefined;
  readonly #ping: PingTimer;
  readonly #age: AgeTimer;
  #emitter: Emitter<SseConnectionEvents> | undefined;
  #abort: AbortController | undefined;
  #closeReason: CloseReason | undefined;

  /**
   * @param options `ping` (off), `pingInterval` (50,000 ms), `timeout` (none)
   * @throws SseChannelsError `INVALID_OPTIONS`
   */
  constructor(
    request: SseRequest,
    response: SseResponse | undefined,
    options?: SseConnectionOptions,
    /** @internal */ embedding?: Embedding,
  ) {
    const { ping, pingInterval, timeout, writer } =
      normalizeConnectionOptions(options);
    this.request = request;
    this.lastEventId =
      embedding === undefined
        ? lastEventId(request, false)
        : embedding.lastEventId;
    const outlet =
      embedding?.outlet ??
      new ResponseOutlet(request, response as SseResponse, writer);
    const engine = embedding?.engine ?? createLoneEngine();
    this.delivery = new Delivery(engine, outlet, this);
    this.#ping = new PingTimer(this.delivery, ping ? pingInterval : 0);
    this.#age = new AgeTimer(() => this.#timedOut(), timeout);
    if (embedding === undefined) {
      outlet.open();
      this.#startAlone();
    }
  }

  /** Whether the stream is still there to be written to. */
  get isOpen(): boolean {
    return !this.delivery.isEnded;
  }

  /** Why it closed; `undefined` while it is open. */
  get closeReason(): CloseReason | undefined {
    return this.#closeReason;
  }

  /** Aborts when the connection closes, for whatever reason. */
  get signal(): AbortSignal {
    if (this.#abort === undefined) {
      this.#abort = new AbortController();
      if (this.#closeReason !== undefined) {
        this.#abort.abort();
      }
    }
    return this.#abort.signal;
  }

  /**
   * Sends an event to this connection alone, without any channel.
   *
   * @returns false when the connection has closed
   * @throws SseChannelsError when the event is not valid; nothing is written
   */
  push(data: unknown): boolean;
  push(event: string, data: unknown): boolean;
  push(...args: [unknown] | [string, unknown]): boolean {
    return this.send(
      args.length === 1 ? { data: args[0] } : { event: args[0], data: args[1] },
    );
  }

  /**
   * Sends one block. Data that is a string goes as it is.
   *
   * @returns false when the connection has closed
   * @throws SseChannelsError when a field is not valid; nothing is written
   */
  send(message: SseMessage): boolean {
    return this.write(Frame.event(checkMessage(message).fields));
  }

  /** @internal Sends bytes that are the same for several connections. */
  write(frame: Frame): boolean {
    return this.delivery.send(frame);
  }

  /**
   * Sends a comment whenever nothing was written for so many milliseconds.
   *
   * @throws SseChannelsError `INVALID_OPTIONS` below 1
   */
  setPing(ms: number): this {
    checkDuration('pingInterval', ms, 1);
    this.#ping.interval = ms;
    this.#ping.start();
    return this;
  }

  /**
   * Ends the connection so many milliseconds from now; 0 never.
   *
   * @throws SseChannelsError `INVALID_OPTIONS` when negative
   */
  setTimeout(ms: number): this {
    checkDuration('timeout', ms, 0);
    if (this.isOpen) {
      this.#age.set(this.delivery.engine.deadlines, ms);
    }
    return this;
  }

  /** Ends the stream; what was sent before still leaves. */
  end(): void {
    this.close('ended');
  }

  /** @internal */
  close(reason: CloseReason): void {
    this.#flushStart();
    this.delivery.end(reason);
  }

  on<K extends keyof SseConnectionEvents>(
    event: K,
    listener: Listener<SseConnectionEvents[K]>,
  ): this {
    this.#events.on(event, listener);
    return this;
  }

  once<K extends keyof SseConnectionEvents>(
    event: K,
    listener: Listener<SseConnectionEvents[K]>,
  ): this {
    this.#events.once(event, listener);
    return this;
  }

  off<K extends keyof SseConnectionEvents>(
    event: K,
    listener: Listener<SseConnectionEvents[K]>,
  ): this {
    this.#events.off(event, listener);
    return this;
  }

  /** @internal Joins an application's log, with its timers. */
  adopt(engine: Engine): void {
    if (this.delivery.engine !== engine) {
      this.#ping.stop();
      const left = this.#age.stop();
      this.delivery.adopt(engine);
      this.#ping.start();
      this.#age.set(engine.deadlines, left);
    }
  }

  /** @internal The timers run from the moment the head is out. */
  startTimers(): void {
    if (this.isOpen) {
      this.#ping.start();
      this.#age.start(this.delivery.engine.deadlines);
    }
  }

  /** @internal */
  delivered(reason: CloseReason): void {
    this.#closeReason = reason;
    this.#ping.stop();
    this.#age.stop();
    this.session?.detach(this, reason);
    this.#abort?.abort();
    this.#emitter?.emit('close', reason);
  }

  get #events(): Emitter<SseConnectionEvents> {
    return (this.#emitter ??= new Emitter((error) =>
      this.delivery.engine.report(error),
    ));
  }

  #startAlone(): void {
    this.startTimers();
    // Channels it is put on within this tick are those it resumes.
    process.nextTick(() => this.#flushStart());
  }

  #flushStart(): void {
    const { delivery } = this;
    if (delivery.isOpen || delivery.isEnded || !delivery.outlet.opened) {
      return;
    }
    const { engine, links } = delivery;
    const plan = planResume(
      engine.follower,
      links,
      this.lastEventId,
      engine.options.maxReplay,
    );
    if (plan instanceof Promise) {
      plan.then(
        (settled) => startDelivery(delivery, [], settled),
        (error: unknown) => {
          engine.report(error);
          this.close('error');
        },
      );
    } else {
      startDelivery(delivery, [], plan);
    }
  }

  #timedOut(): void {
    if (this.#emitter !== undefined && this.#emitter.count('timeout') > 0) {
      this.#emitter.emit('timeout');
    } else {
      this.close('timeout');
    }
  }

  /** @throws SseChannelsError `CONNECTION_CLOSED` */
  assertOpen(): void {
    if (!this.isOpen) {
      throw new SseChannelsError(
        'CONNECTION_CLOSED',
        `Connection ${this.id} has closed`,
        'Look at connection.isOpen, or listen to its close event.',
      );
    }
  }
}
