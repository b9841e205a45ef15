import type { MaybePromise } from '../backends/backend.js';
import { whenAll } from '../backends/maybe-promise.js';
import { nameOf } from '../channels/channel-name.js';
import type { ChannelRegistry } from '../channels/channel-registry.js';
import type { ChannelName } from '../channels/define-channel.js';
import type { Published } from '../channels/published.js';
import type { Engine } from '../sessions/engine.js';
import { Outcome } from '../sessions/outcome.js';
import type { Serializer } from '../wire/serialize.js';
import { argumentsData } from './arguments.js';
import { draftDirect, type DirectTarget } from './direct-message.js';
import { PublishTarget, type PublishTargetOptions } from './publish-target.js';

/** One or more names of a kind. */
export type OneOrMore<T> = T | readonly T[];

/** What the publisher needs of the module's options. */
export interface ChannelPublisherOptions {
  readonly serializer: Serializer;
}

/**
 * Publishes from anywhere: to everybody, channels, users, sessions or single
 * connections. The event's name comes first; what follows are its arguments:
 * none is `null`, one goes as it is, several as a JSON array.
 *
 * Direct messages (to all but channels) are never stored and have no id: who
 * is away misses them. Keep what must not be missed in a channel or a database.
 */
export class ChannelPublisher {
  /** @internal */
  constructor(
    private readonly engine: Engine,
    private readonly registry: ChannelRegistry,
    private readonly options: ChannelPublisherOptions,
  ) {}

  /** To every open connection, whatever its channels. */
  all(event: string, ...args: unknown[]): Promise<void> {
    return this.#direct({}, event, args);
  }

  /**
   * To one or more channels, made when they are not there. Who is on several of
   * them gets the event once for each.
   */
  channel(
    channels: OneOrMore<ChannelName<object>>,
    event: string,
    ...args: unknown[]
  ): Promise<Published[]> {
    return this.#command(() => {
      const data = argumentsData(args);
      const list = namesOf(channels);
      return whenAll(
        list.map((name) =>
          this.registry.getOrCreate(name).send({ event, data }),
        ),
        (published) => [...published],
      );
    });
  }

  /** To all sessions of one or more users. */
  user(
    users: OneOrMore<string>,
    event: string,
    ...args: unknown[]
  ): Promise<void> {
    return this.#direct({ users }, event, args);
  }

  /** To all connections of one or more sessions. */
  session(
    sessions: OneOrMore<string>,
    event: string,
    ...args: unknown[]
  ): Promise<void> {
    return this.#direct({ sessions }, event, args);
  }

  /** To one or more single connections. */
  connection(
    connections: OneOrMore<string>,
    event: string,
    ...args: unknown[]
  ): Promise<void> {
    return this.#direct({ connections }, event, args);
  }

  /**
   * To a choice of receivers:
   * `publisher.to({ channels: 'room', except: session.id }).emit('moved', 3)`.
   */
  to(target: PublishTargetOptions): PublishTarget {
    return new PublishTarget(target, {
      channel: (name, message, options) =>
        this.registry.getOrCreate(name).send(message, options),
      direct: (direct, event, args) => this.#direct(direct, event, args),
      command: (run) => this.#command(run),
    });
  }

  #direct(
    target: DirectTarget,
    event: string,
    args: readonly unknown[],
  ): Promise<void> {
    return this.#command(() => {
      const message = draftDirect(target, event, args, this.options.serializer);
      return this.engine.follower.backend.relay(message);
    });
  }

  #command<T>(run: () => MaybePromise<T>): Promise<T> {
    return Outcome.of(run, (error) => this.engine.report(error));
  }
}

/** Each name once. */
function namesOf(channels: OneOrMore<ChannelName<object>>): readonly string[] {
  const list: readonly ChannelName<object>[] = Array.isArray(channels)
    ? channels
    : [channels as ChannelName<object>];
  return [...new Set(list.map(nameOf))];
}
