import { NotAcceptableException } from '@nestjs/common';
import type { Channels } from '../core/create-channels.js';
import type { HandlerResult } from '../channels/handler-source.js';
import type { Opening } from '../channels/opening.js';
import type { SseRequest, SseResponse } from '../sessions/connection.js';
import { lastEventId } from '../wire/head.js';
import type { Outlet } from '../wire/outlet.js';
import { ResponseOutlet } from '../wire/response-outlet.js';
import { FastifyOutlet, isFastifyReply } from './fastify-outlet.js';
import {
  CONNECTION_PLACE,
  LAST_EVENT_ID_PLACE,
  SESSION_PLACE,
} from './parameter-places.js';
import { channelsOf, type StreamRoute } from './stream-route.js';

/** One call of a stream's route, with the framework's request and response. */
export interface StreamCall {
  readonly route: StreamRoute;
  readonly controller: object;
  readonly request: unknown;
  readonly response: unknown;
}

/** Opens the streams of `@SseChannel` routes. */
export class SseStreams {
  constructor(private readonly channels: Channels) {}

  /**
   * Answers a request with a stream around what the handler does. What throws
   * before the head goes to the application's exception filters.
   */
  async open(
    { route, controller, request, response }: StreamCall,
    handle: (opening: Opening) => HandlerResult | Promise<HandlerResult>,
  ): Promise<void> {
    const { opener, options } = this.channels;
    const raw = rawRequest(request);
    const admission = opener.admit(raw);
    if (admission === 'not-acceptable') {
      throw new NotAcceptableException('This route answers text/event-stream');
    }
    const outlet = this.#outletOf(raw, response);
    if (admission === 'head') {
      opener.sendHead(outlet);
      return;
    }
    if (admission === 'draining') {
      opener.sendAway(outlet);
      return;
    }
    const names = await channelsOf(
      route,
      controller,
      request as object,
      options.onDemand,
    );
    const opening = await opener.begin(outlet, request, route.options);
    if (opening === undefined) {
      return;
    }
    try {
      await opening.commit(names, await handle(opening));
    } catch (error) {
      opening.abort();
      throw error;
    }
  }

  /** Puts the stream's own values where parameters ask for them. */
  fillIn(
    args: readonly unknown[],
    { session, connection }: Opening,
  ): unknown[] {
    return args.map((arg) => {
      switch (arg) {
        case SESSION_PLACE:
          return session;
        case CONNECTION_PLACE:
          return connection;
        case LAST_EVENT_ID_PLACE:
          return connection.lastEventId;
        default:
          return arg;
      }
    });
  }

  #outletOf(raw: SseRequest, response: unknown): Outlet {
    const { writer } = this.channels.options;
    return isFastifyReply(response)
      ? new FastifyOutlet(raw, response, writer)
      : new ResponseOutlet(raw, response as SseResponse, writer);
  }
}

/** Node's request: Fastify wraps it, Express is it. */
export function rawRequest(request: unknown): SseRequest {
  const { raw } = request as { readonly raw?: SseRequest };
  return raw ?? (request as SseRequest);
}

/** The cursor of a request outside a stream. */
export function cursorOf(request: unknown): string | undefined {
  return lastEventId(rawRequest(request), false);
}
