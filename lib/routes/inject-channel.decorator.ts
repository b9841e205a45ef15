import { Inject } from '@nestjs/common';
import { nameOf } from '../channels/channel-name.js';
import type { ChannelName } from '../channels/define-channel.js';

/** The injection token of a channel that `forFeature` declared. */
export function getChannelToken(channel: ChannelName<object>): string {
  return `SseChannel:${nameOf(channel)}`;
}

/** Injects a channel that `forFeature` or `forRoot({ channels })` declared. */
export function InjectChannel(
  channel: ChannelName<object>,
): ParameterDecorator & PropertyDecorator {
  return Inject(getChannelToken(channel));
}
