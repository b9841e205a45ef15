import { Follower } from '../backends/follower.js';
import { ChannelRegistry } from '../channels/channel-registry.js';
import { StreamOpener, type StreamOptions } from '../channels/stream-opener.js';
import { ChannelPublisher } from '../publishing/channel-publisher.js';
import { deliverDirect } from '../publishing/direct-message.js';
import type { SseRequest, SseResponse } from '../sessions/connection.js';
import { drainStreams } from '../sessions/drain.js';
import { Engine } from '../sessions/engine.js';
import { SessionRegistry } from '../sessions/session-registry.js';
import type { SseSession } from '../sessions/session.js';
import { SseChannelsError } from '../wire/errors.js';
import { ResponseOutlet } from '../wire/response-outlet.js';
import type { ChannelName } from '../channels/define-channel.js';
import {
  resolveChannelsOptions,
  type ChannelsOptions,
  type ResolvedChannelsOptions,
} from './channels.options.js';

/** Options of {@link Channels.open}. */
export interface OpenOptions extends StreamOptions {
  /** The channels the stream is on; made when they are not there. */
  readonly channels?: readonly ChannelName<object>[];
}

/** The channels of one application. */
export class Channels {
  readonly registry: ChannelRegistry;
  readonly publisher: ChannelPublisher;
  readonly sessions: SessionRegistry;
  /** @internal */
  readonly opener: StreamOpener;
  /** @internal */
  readonly options: ResolvedChannelsOptions;
  readonly #engine: Engine;
  #draining: Promise<void> | undefined;
  #closing: Promise<void> | undefined;
  #isDraining = false;

  /** @internal */
  constructor(
    options: ChannelsOptions | undefined,
    describeError: (error: unknown) => string,
  ) {
    const resolved = resolveChannelsOptions(options);
    const { logger, backend } = resolved;
    this.options = resolved;
    const log = (error: unknown): void => logger.error(error);
    const report = (error: unknown): void => {
      log(error);
      this.registry.fail(error);
    };
    const follower = new Follower(
      backend,
      (message) => {
        deliverDirect(message, this.sessions, (session, names) =>
          this.#isOn(session, names),
        );
      },
      report,
    );
    this.#engine = new Engine({ ...resolved, onError: report }, follower);
    this.sessions = new SessionRegistry(this.#engine, resolved);
    this.registry = new ChannelRegistry(
      this.#engine,
      this.sessions,
      resolved,
      log,
    );
    this.publisher = new ChannelPublisher(
      this.#engine,
      this.registry,
      resolved,
    );
    this.opener = new StreamOpener(
      this.#engine,
      this.sessions,
      {
        ...resolved,
        registry: this.registry,
        endOnComplete: false,
        describeError,
        report,
        warn: (message) => logger.warn(message),
      },
      () => this.#isDraining,
    );
    void backend.start(follower);
    for (const channel of resolved.channels) {
      this.registry.getOrCreate(channel);
    }
  }

  /** Whether {@link close} has begun: new streams are sent away. */
  get isDraining(): boolean {
    return this.#isDraining;
  }

  /**
   * Answers a request with a stream. The head is out when it resolves.
   *
   * A request that no stream can answer is answered here, and the promise
   * rejects: `NOT_ACCEPTABLE` (406), `CONNECTION_CLOSED` for a client that has
   * gone and for HEAD, `DRAINING` at shutdown.
   */
  async open(
    request: SseRequest,
    response: SseResponse,
    { channels = [], ...stream }: OpenOptions = {},
  ): Promise<SseSession> {
    const { opener } = this;
    const admission = opener.admit(request);
    if (admission === 'not-acceptable') {
      response.statusCode = 406;
      response.end();
      throw notAcceptable();
    }
    const outlet = new ResponseOutlet(request, response, this.options.writer);
    if (admission === 'head') {
      opener.sendHead(outlet);
      throw gone('was a HEAD request and got its head');
    }
    if (admission === 'draining') {
      opener.sendAway(outlet);
      throw new SseChannelsError(
        'DRAINING',
        'The application is shutting down',
        'The client has been told to come back.',
      );
    }
    const opening = await opener.begin(outlet, request, stream);
    const requests = channels.map((channel) =>
      typeof channel === 'string'
        ? { name: channel }
        : { name: channel.name, options: channel.options },
    );
    if (opening === undefined || !(await opening.commit(requests, undefined))) {
      throw gone('left before its stream opened');
    }
    return opening.session;
  }

  /**
   * Ends every stream, each client told when to come back; new ones are sent
   * away. Idempotent.
   */
  drain(): Promise<void> {
    this.#draining ??= this.#drain();
    return this.#draining;
  }

  /** Ends every stream and closes the backend. Idempotent. */
  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  async #drain(): Promise<void> {
    this.#isDraining = true;
    await drainStreams(this.#engine, this.options.drain);
    for (const session of this.sessions.list()) {
      session.finish('shutdown');
    }
  }

  async #close(): Promise<void> {
    await this.drain();
    this.#engine.deadlines.close();
    await this.options.backend.close();
  }

  #isOn(session: SseSession, names: readonly string[]): boolean {
    return names.some(
      (name) => this.registry.get(name)?.hasSession(session) === true,
    );
  }
}

/**
 * Makes channels for a bare `http` or `http2` server.
 *
 * @throws SseChannelsError `INVALID_OPTIONS`
 */
export function createChannels(options?: ChannelsOptions): Channels {
  return new Channels(options, () => 'Internal server error');
}

function notAcceptable(): SseChannelsError {
  return new SseChannelsError(
    'NOT_ACCEPTABLE',
    'The request does not accept text/event-stream',
    'Send Accept: text/event-stream, or no Accept header.',
  );
}

function gone(what: string): SseChannelsError {
  return new SseChannelsError(
    'CONNECTION_CLOSED',
    `The client ${what}`,
    'There is nothing to write to: return.',
  );
}
