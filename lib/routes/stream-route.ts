import { BadRequestException } from '@nestjs/common';
import type { ChannelRequest } from '../channels/opening.js';
import { nameOf } from '../channels/channel-name.js';
import type { ChannelOptions } from '../channels/channel.options.js';
import type { ChannelName } from '../channels/define-channel.js';
import { SseChannelsError } from '../wire/errors.js';
import { DEFAULT_CHANNELS } from './constants.js';
import type {
  SseChannelOptions,
  SseChannelTarget,
} from './sse-channel.options.js';

/** The parts of a request that say which channels a stream is on. */
export interface RoutedRequest {
  readonly params?: unknown;
}

/** What `@SseChannel` said of one method. */
export interface StreamRoute {
  readonly target: SseChannelTarget;
  readonly options: SseChannelOptions;
}

// A name that stands in a URL as it is, segment by segment.
const PLAIN_PATH = /^[\w~-][\w.~-]*(\/[\w~-][\w.~-]*)*$/;
const PARAMETER = /:([A-Za-z_]\w*)/g;

/**
 * The path of a route. A name that is no plain path needs one of its own:
 * `game:42` would be read as a parameter, `a*` as a pattern.
 *
 * @throws SseChannelsError `INVALID_OPTIONS`
 */
export function pathOf({ target, options }: StreamRoute): string | string[] {
  const { path } = options;
  if (path !== undefined) {
    assertUnambiguous(target, path);
    return typeof path === 'string' ? path : [...path];
  }
  if (target === undefined) {
    return '/';
  }
  if (typeof target === 'function' || Array.isArray(target)) {
    throw needsPath('A stream of several channels');
  }
  const name = nameOf(target as ChannelName<object>);
  if (!PLAIN_PATH.test(name)) {
    throw needsPath(`Channel ${JSON.stringify(name)}`);
  }
  return name;
}

/** The channels a request asks for. @throws BadRequestException */
export async function channelsOf(
  { target, options }: StreamRoute,
  controller: object,
  request: RoutedRequest,
  onDemand: ChannelOptions,
): Promise<readonly ChannelRequest[]> {
  const chosen = target ?? defaultsOf(controller);
  if (typeof chosen === 'function') {
    const selected = await chosen(request as never);
    return listOf(selected).map((channel) => ({
      name: nameOf(channel),
      options: onDemandOptions(channel, options, onDemand),
      isOnDemand: true,
    }));
  }
  return listOf(chosen).map((channel) => {
    const template = nameOf(channel);
    const name = fillIn(template, request.params);
    const isOnDemand = name !== template;
    return {
      name,
      options: isOnDemand
        ? onDemandOptions(channel, options, onDemand)
        : (options.channel ?? givenOptions(channel)),
      isOnDemand,
    };
  });
}

function defaultsOf(controller: object): SseChannelTarget {
  return Reflect.getMetadata(
    DEFAULT_CHANNELS,
    controller.constructor,
  ) as SseChannelTarget;
}

function listOf(
  target: ChannelName<object> | readonly ChannelName<object>[] | undefined,
): readonly ChannelName<object>[] {
  if (target === undefined) {
    return [];
  }
  return typeof target === 'string' || 'name' in target ? [target] : target;
}

function onDemandOptions(
  channel: ChannelName<object>,
  { channel: own }: SseChannelOptions,
  onDemand: ChannelOptions,
): ChannelOptions {
  return { ...onDemand, ...givenOptions(channel), ...own };
}

function givenOptions(
  channel: ChannelName<object>,
): ChannelOptions | undefined {
  return typeof channel === 'object' ? channel.options : undefined;
}

/** Puts the route's parameters in a name; others are part of the name. */
function fillIn(template: string, params: unknown): string {
  if (typeof params !== 'object' || params === null) {
    return template;
  }
  return template.replace(PARAMETER, (text, parameter: string) => {
    if (!Object.hasOwn(params, parameter)) {
      return text;
    }
    const value = (params as Record<string, unknown>)[parameter];
    // With a slash in it, one user's name could become another's channel.
    if (typeof value !== 'string' || value === '' || value.includes('/')) {
      throw new BadRequestException(
        `The parameter ${parameter} is empty or has a slash`,
      );
    }
    return value;
  });
}

/** Two parameters in one segment could be split in more than one way. */
function assertUnambiguous(
  target: SseChannelTarget,
  path: string | readonly string[],
): void {
  if (typeof target === 'function' || target === undefined) {
    return;
  }
  const declared = new Set([path].flat().flatMap((one) => parametersOf(one)));
  for (const channel of listOf(target)) {
    for (const segment of nameOf(channel).split('/')) {
      const used = parametersOf(segment).filter((one) => declared.has(one));
      if (used.length > 1) {
        throw new SseChannelsError(
          'INVALID_OPTIONS',
          `The channel ${JSON.stringify(nameOf(channel))} has two parameters between slashes`,
          'Put a slash between them, or two requests could meet in one channel.',
        );
      }
    }
  }
}

function parametersOf(text: string): string[] {
  return [...text.matchAll(PARAMETER)].map(([, name]) => name as string);
}

function needsPath(what: string): SseChannelsError {
  return new SseChannelsError(
    'INVALID_OPTIONS',
    `${what} has no path of its own`,
    "Give one: @SseChannel(..., { path: 'sse' }).",
  );
}
