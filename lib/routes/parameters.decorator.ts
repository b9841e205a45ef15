import 'reflect-metadata';
import { createParamDecorator, type ExecutionContext } from '@nestjs/common';
import { STREAM_ROUTE } from './constants.js';
import {
  CONNECTION_PLACE,
  LAST_EVENT_ID_PLACE,
  SESSION_PLACE,
} from './parameter-places.js';
import { cursorOf } from './sse-streams.js';

/**
 * The {@link SseSession} of a stream. Outside an `@SseChannel` handler it is
 * `undefined`.
 */
export const CurrentSession = createParamDecorator(
  (_: unknown, context: ExecutionContext) =>
    isStream(context) ? SESSION_PLACE : undefined,
);

/**
 * The {@link SseConnection} of a stream. Outside an `@SseChannel` handler it is
 * `undefined`.
 */
export const CurrentConnection = createParamDecorator(
  (_: unknown, context: ExecutionContext) =>
    isStream(context) ? CONNECTION_PLACE : undefined,
);

/**
 * The cursor the client brought (`Last-Event-ID`), `undefined` without one.
 * Untrusted text.
 */
export const LastEventId = createParamDecorator(
  (_: unknown, context: ExecutionContext) =>
    isStream(context)
      ? LAST_EVENT_ID_PLACE
      : cursorOf(context.switchToHttp().getRequest<unknown>()),
);

function isStream(context: ExecutionContext): boolean {
  return Reflect.hasMetadata(STREAM_ROUTE, context.getHandler());
}
