import { SseConnection, type SseRequest } from '../sessions/connection.js';
import type { SseConnectionOptions } from '../sessions/connection.options.js';
import type { CursorMode } from '../sessions/delivery.js';
import type { Engine } from '../sessions/engine.js';
import type { SessionRegistry } from '../sessions/session-registry.js';
import type { SessionIdentity } from '../sessions/session.js';
import { Frame } from '../wire/frame.js';
import { acceptsEventStream, lastEventId } from '../wire/head.js';
import type { Outlet } from '../wire/outlet.js';
import { Opening, spread, type OpeningContext } from './opening.js';

/** Says who is behind a request. */
export type Identify<R = SseRequest> = (
  request: R,
) => SessionIdentity | undefined | Promise<SessionIdentity | undefined>;

/** What the opener needs of the module's options. */
export interface StreamOpenerOptions extends OpeningContext {
  readonly identify: Identify<never> | undefined;
  readonly heartbeat: number | false;
  readonly timeout: number;
  readonly cursorQuery: string | false;
}

/** How one route's streams open. */
export interface StreamOptions {
  readonly endOnComplete?: boolean;
  readonly cursor?: CursorMode;
  readonly connection?: SseConnectionOptions;
}

/** What a request for a stream is answered with, before any handler runs. */
export type Admission = 'stream' | 'head' | 'not-acceptable' | 'draining';

/** Opens streams, for `open` and for the routes alike. */
export class StreamOpener {
  constructor(
    private readonly engine: Engine,
    private readonly sessions: SessionRegistry,
    private readonly options: StreamOpenerOptions,
    private readonly isDraining: () => boolean,
  ) {}

  /** Decides on the method, the `Accept` header and the state of shutdown. */
  admit(request: SseRequest): Admission {
    if (!acceptsEventStream(request.headers.accept)) {
      return 'not-acceptable';
    }
    if (request.method === 'HEAD') {
      return 'head';
    }
    return this.isDraining() ? 'draining' : 'stream';
  }

  /** Answers a request that gets a head and nothing else. */
  sendHead(outlet: Outlet): void {
    outlet.open();
    outlet.end();
  }

  /** Sends a client elsewhere: an EventSource comes back after a 200 only. */
  sendAway(outlet: Outlet): void {
    const { retry } = this.options;
    outlet.open();
    outlet.write(
      Frame.event({ retry: spread(retry === false ? 2_000 : retry) }),
    );
    outlet.end();
  }

  /**
   * Begins a stream.
   *
   * @param identified the request `identify` gets: the framework's own
   * @returns undefined when the client has gone, or has been sent away
   * @throws what `identify` throws
   */
  async begin(
    outlet: Outlet,
    identified: unknown,
    stream: StreamOptions = {},
  ): Promise<Opening | undefined> {
    const { options } = this;
    const identity = await options.identify?.(identified as never);
    if (outlet.closed) {
      return undefined;
    }
    if (this.isDraining()) {
      // It began meanwhile, and has not seen this one.
      this.sendAway(outlet);
      return undefined;
    }
    const { heartbeat, timeout, cursorQuery } = options;
    const { request } = outlet;
    const connection = new SseConnection(
      request,
      undefined,
      {
        ping: heartbeat !== false,
        pingInterval: heartbeat === false ? undefined : heartbeat,
        timeout,
        ...stream.connection,
      },
      {
        engine: this.engine,
        outlet,
        lastEventId: lastEventId(request, cursorQuery),
      },
    );
    connection.delivery.cursorMode = stream.cursor ?? 'log';
    const session = this.sessions.enter(connection, identity ?? {});
    return new Opening(connection, session, {
      ...options,
      endOnComplete: stream.endOnComplete ?? false,
    });
  }
}
