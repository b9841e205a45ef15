import type { MaybePromise } from '../backends/backend.js';
import { nameOf } from '../channels/channel-name.js';
import type { ChannelName } from '../channels/define-channel.js';
import type {
  PublishOptions,
  SessionQuery,
  SessionSelector,
} from '../channels/publish.options.js';
import type { Published } from '../channels/published.js';
import type { SseMessage } from '../sessions/message.js';
import { argumentsData } from './arguments.js';
import type { DirectTarget } from './direct-message.js';

/** Whom `publisher.to` chooses: the union of what is named, else everybody. */
export interface PublishTargetOptions {
  /** Their sessions get the event through the channel: stored, with an id. */
  readonly channels?: ChannelName<object> | readonly ChannelName<object>[];
  readonly users?: string | readonly string[];
  readonly sessions?: string | readonly string[];
  readonly except?: SessionSelector;
  readonly where?: SessionQuery;
  /** The same key on the same channel publishes once. */
  readonly idempotencyKey?: string;
}

/** What a target sends with. */
export interface TargetSender {
  channel(
    name: string,
    message: SseMessage,
    options: PublishOptions,
  ): Promise<Published>;
  direct(
    target: DirectTarget,
    event: string,
    args: readonly unknown[],
  ): Promise<void>;
  command<T>(run: () => MaybePromise<T>): Promise<T>;
}

/** A choice of receivers to emit to. */
export class PublishTarget {
  /** @internal */
  constructor(
    private readonly target: PublishTargetOptions,
    private readonly sender: TargetSender,
  ) {}

  /**
   * Emits an event. A session on one of the channels gets it through the
   * channel alone, also when its user or itself is named.
   *
   * @returns what became of it on each channel
   */
  emit(event: string, ...args: unknown[]): Promise<Published[]> {
    const { target, sender } = this;
    return sender.command(async () => {
      const { channels = [], users, sessions, except, where } = target;
      const { idempotencyKey } = target;
      const list = Array.isArray(channels) ? channels : [channels];
      const names = [
        ...new Set(list.map((name: ChannelName<object>) => nameOf(name))),
      ];
      const data = argumentsData(args);
      // All are begun in this tick, so that memory delivers in call order.
      const published = names.map((name) =>
        sender.channel(
          name,
          { event, data },
          { except, where, idempotencyKey },
        ),
      );
      // An empty list of channels is nobody, as one of users is; only a
      // target that names nothing is everybody.
      const isDirect =
        target.channels === undefined ||
        users !== undefined ||
        sessions !== undefined;
      const direct = isDirect
        ? sender.direct(
            { users, sessions, except, where, notOn: names },
            event,
            args,
          )
        : undefined;
      const [results] = await Promise.all([Promise.all(published), direct]);
      return results;
    });
  }
}
