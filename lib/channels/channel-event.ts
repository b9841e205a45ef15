import type { LogEntry } from '../log/entry.js';

/** An event of a channel, as observers get it. */
export class ChannelEvent<T = unknown> {
  readonly channel: string;
  /** `message` for an event without a name. */
  readonly event: string;
  /** What was broadcast, read back from its text. */
  readonly data: T;
  /** The SSE `id`; `undefined` for a transient event. */
  readonly id: string | undefined;
  readonly #entry: LogEntry | undefined;

  /** @internal */
  constructor(
    fields: Pick<ChannelEvent<T>, 'channel' | 'event' | 'data' | 'id'>,
    entry?: LogEntry,
  ) {
    this.channel = fields.channel;
    this.event = fields.event;
    this.data = fields.data;
    this.id = fields.id;
    this.#entry = entry;
  }

  /** @internal The event as it stands in the log. */
  static of(entry: LogEntry): ChannelEvent {
    return new ChannelEvent(
      {
        channel: entry.channel,
        event: entry.event ?? 'message',
        data: parse(entry),
        id: entry.id,
      },
      entry,
    );
  }

  /** @internal What stands behind an event that came from the log. */
  static entryOf(event: ChannelEvent): LogEntry | undefined {
    return event.#entry;
  }
}

function parse({ data, json }: LogEntry): unknown {
  if (!json || data === undefined) {
    return data;
  }
  try {
    return JSON.parse(data);
  } catch {
    // A serializer of the application's own need not write JSON.
    return data;
  }
}
