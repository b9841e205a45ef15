import 'reflect-metadata';
import type { ChannelListeners } from '../channels/channel-listeners.js';
import type { ChannelName } from '../channels/define-channel.js';
import { CHANNEL_LISTENERS } from './constants.js';

/** One `@OnChannel` of a method. */
export interface ChannelListenerMetadata {
  readonly channel: ChannelName<object>;
  readonly event: keyof ChannelListeners;
}

/**
 * Calls a provider's or controller's method on an event of a channel, made when
 * it is not there. What it throws is logged and stops nothing.
 */
export function OnChannel(
  channel: ChannelName<object>,
  event: keyof ChannelListeners,
): MethodDecorator {
  return (_prototype, _key, descriptor) => {
    const method = descriptor.value as object;
    const known = (Reflect.getMetadata(CHANNEL_LISTENERS, method) ??
      []) as ChannelListenerMetadata[];
    Reflect.defineMetadata(
      CHANNEL_LISTENERS,
      [...known, { channel, event }],
      method,
    );
  };
}
