import { SseChannelsError } from '../wire/errors.js';
import type { ChannelOptions } from './channel.options.js';
import type { ChannelName } from './define-channel.js';

/** @throws SseChannelsError `INVALID_CHANNEL_NAME` */
export function nameOf(channel: ChannelName<object>): string {
  const name: unknown =
    typeof channel === 'object' && channel !== null ? channel.name : channel;
  if (typeof name !== 'string') {
    throw new SseChannelsError(
      'INVALID_CHANNEL_NAME',
      `A channel's name is a string, not ${typeof name}`,
      'Pass a name, or what defineChannel returned.',
    );
  }
  return name;
}

/** The options a definition carries. */
export function optionsOf(
  channel: ChannelName<object>,
): ChannelOptions | undefined {
  return typeof channel === 'object' ? channel.options : undefined;
}
