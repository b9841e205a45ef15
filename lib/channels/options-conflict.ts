import { SseChannelsError } from '../wire/errors.js';

/**
 * Refuses options that differ from those a channel stands with.
 *
 * @throws SseChannelsError `CHANNEL_OPTIONS_CONFLICT`
 */
export function assertSame(
  name: string,
  stands: Readonly<Record<string, unknown>> | undefined,
  { options }: { readonly options: Record<string, unknown> | undefined },
): void {
  if (
    options !== undefined &&
    JSON.stringify(stands) !== JSON.stringify(options)
  ) {
    throw conflict(name);
  }
}

export function conflict(name: string): SseChannelsError {
  return new SseChannelsError(
    'CHANNEL_OPTIONS_CONFLICT',
    `Channel ${JSON.stringify(name)} stands with other options`,
    'Give a channel its options in one place, or delete it before.',
  );
}
