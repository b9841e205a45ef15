import type { ChannelOptions } from './channel.options.js';

/** The events of a channel: the type of the data behind each name. */
export type ChannelEvents = object;

/** Events of any name and data: a channel that is not defined. */
export interface AnyEvents {
  readonly [event: string]: unknown;
}

declare const EVENTS: unique symbol;

/** A channel's name and options with the types of its events. */
export interface ChannelDefinition<E extends ChannelEvents = AnyEvents> {
  readonly name: string;
  readonly options: ChannelOptions | undefined;
  /** Only for the compiler: carries the event types. */
  readonly [EVENTS]?: E;
}

/** Wherever a channel is named: by its name or its definition. */
export type ChannelName<E extends ChannelEvents = AnyEvents> =
  string | ChannelDefinition<E>;

/**
 * Defines a channel, typed end to end; the definition serves wherever a name
 * does.
 *
 * ```ts
 * const Ticker = defineChannel<{ tick: number }>('ticker');
 * registry.getOrCreate(Ticker).broadcast('tick', 1);
 * ```
 */
export function defineChannel<E extends ChannelEvents = AnyEvents>(
  name: string,
  options?: ChannelOptions,
): ChannelDefinition<E> {
  return { name, options };
}
