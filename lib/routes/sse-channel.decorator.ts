import 'reflect-metadata';
import { Get, HttpCode, Inject, Post, Req, Res } from '@nestjs/common';
import type {
  HandlerMessage,
  HandlerResult,
} from '../channels/handler-source.js';
import type { ChannelEvent } from '../channels/channel-event.js';
import { SseChannelsError } from '../wire/errors.js';
import {
  API_RESPONSE,
  DEFAULT_CHANNELS,
  PARAMETER_TYPES,
  ROUTE_ARGUMENTS,
  STREAMS_PROPERTY,
  STREAM_ROUTE,
} from './constants.js';
import type {
  SseChannelOptions,
  SseChannelTarget,
} from './sse-channel.options.js';
import { SseStreams } from './sse-streams.js';
import { pathOf, type StreamRoute } from './stream-route.js';

/** What a handler may emit. */
export type SseEmission = ChannelEvent | HandlerMessage;

type Handler = (...args: unknown[]) => unknown;

/** On a method: the route of a stream. On a class: its default channels. */
export type SseChannelDecorator = ClassDecorator & MethodDecorator;

/**
 * On a method: makes it the route of an event stream. The handler may return an
 * Observable or an async iterable, or a promise of one, whose emissions are
 * merged with the events of the channels; or nothing. Guards, pipes,
 * interceptors, filters, `@Header`, versioning and prefix work as on any route:
 * they run before anything is sent.
 *
 * ```ts
 * @SseChannel('ticker')                                  // GET /ticker
 * @SseChannel(['a', 'b'], { path: 'sse' })               // several channels
 * @SseChannel('user/:userId', { path: 'sse/user/:userId' })
 * @SseChannel((request) => namesFor(request.user), { path: 'sse' })
 * ```
 *
 * On a class: the channels of its methods whose decorator names none.
 *
 * @throws SseChannelsError `INVALID_OPTIONS` for a name that is no plain path
 * and has none
 */
export function SseChannel(
  target?: SseChannelTarget,
  options: SseChannelOptions = {},
): SseChannelDecorator {
  return (
    subject: object,
    key?: string | symbol,
    descriptor?: PropertyDescriptor,
  ) => {
    if (key === undefined || descriptor === undefined) {
      Reflect.defineMetadata(DEFAULT_CHANNELS, target, subject);
    } else {
      decorateMethod({ target, options }, subject, key, descriptor);
    }
  };
}

function decorateMethod(
  route: StreamRoute,
  prototype: object,
  key: string | symbol,
  descriptor: PropertyDescriptor,
): void {
  const handler: unknown = descriptor.value;
  if (typeof handler !== 'function') {
    throw new SseChannelsError(
      'INVALID_OPTIONS',
      `@SseChannel stands on ${String(key)}, which is no method`,
      'Put it on a method or a class.',
    );
  }
  const arity = arityOf(prototype, key, handler as Handler);
  // Behind the handler's own parameters: with the response asked for, Nest
  // leaves the answer to us.
  Req()(prototype, key, arity);
  Res()(prototype, key, arity + 1);
  Inject(SseStreams)(prototype, STREAMS_PROPERTY);
  descriptor.value = takeOver(route, handler as Handler, arity);
  Reflect.defineMetadata(STREAM_ROUTE, route, descriptor.value as object);
  documentStream(descriptor.value as object);
  HttpCode(200)(prototype, key, descriptor);
  const Method = route.options.method === 'POST' ? Post : Get;
  Method(pathOf(route))(prototype, key, descriptor);
}

/** The method Nest calls: the handler, with a stream opened around it. */
function takeOver(
  route: StreamRoute,
  handler: Handler,
  arity: number,
): Handler {
  const proxy = new Proxy(handler, {
    apply(target, self: object, args: unknown[]): unknown {
      const response = args[arity + 1];
      const streams = Reflect.get(self, STREAMS_PROPERTY) as
        SseStreams | undefined;
      if (streams === undefined || response === undefined) {
        // Called by hand, as in a unit test: the handler as it was written.
        return Reflect.apply(target, self, args);
      }
      return streams.open(
        { route, controller: self, request: args[arity], response },
        (opening) =>
          Reflect.apply(
            target,
            self,
            streams.fillIn(args.slice(0, arity), opening),
          ) as HandlerResult | Promise<HandlerResult>,
      );
    },
  });
  // What decorators below this one said of the method is kept by its function.
  for (const name of Reflect.getMetadataKeys(handler) as unknown[]) {
    Reflect.defineMetadata(name, Reflect.getMetadata(name, handler), proxy);
  }
  return proxy;
}

/** How many parameters a handler has; `length` stops at the first default. */
function arityOf(
  prototype: object,
  key: string | symbol,
  handler: Handler,
): number {
  const types = Reflect.getMetadata(PARAMETER_TYPES, prototype, key) as
    readonly unknown[] | undefined;
  const decorated = Object.values(
    (Reflect.getMetadata(ROUTE_ARGUMENTS, prototype.constructor, key) ??
      {}) as Record<string, { readonly index: number }>,
  ).map(({ index }) => index + 1);
  return Math.max(types?.length ?? 0, handler.length, ...decorated);
}

/** Tells @nestjs/swagger, where it is used, what the route answers with. */
function documentStream(method: object): void {
  const responses = (Reflect.getMetadata(API_RESPONSE, method) ?? {}) as Record<
    string,
    unknown
  >;
  responses['200'] ??= {
    description: 'A stream of server-sent events',
    content: { 'text/event-stream': { schema: { type: 'string' } } },
  };
  Reflect.defineMetadata(API_RESPONSE, responses, method);
}
