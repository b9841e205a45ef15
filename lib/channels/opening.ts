import type { MaybePromise } from '../backends/backend.js';
import { formatPosition } from '../log/position.js';
import type { SseConnection } from '../sessions/connection.js';
import { planResume, type Resumption } from '../sessions/resume.js';
import type { SseSession } from '../sessions/session.js';
import { startDelivery } from '../sessions/start.js';
import { Frame } from '../wire/frame.js';
import type { ChannelRegistry } from './channel-registry.js';
import { ChannelStream } from './channel-stream.js';
import type { ChannelOptions } from './channel.options.js';
import { HandlerSource, type HandlerResult } from './handler-source.js';
import type { SourceContext } from './handler-source.js';

// How long a backend may take to say what a cursor is worth, before the head
// leaves without the word.
const VERDICT_MS = 1_000;

/** What an opening needs of the options. */
export interface OpeningContext extends SourceContext {
  readonly registry: ChannelRegistry;
  /** Milliseconds of the first `retry:`; false sends none. */
  readonly retry: number | false;
}

/** A channel a stream is opened on. */
export interface ChannelRequest {
  readonly name: string;
  /** For a channel that this makes. */
  readonly options?: ChannelOptions | undefined;
  /** One that stands is taken as it is, whatever its options. */
  readonly isOnDemand?: boolean;
}

/**
 * A stream between its request and its head: the session is there and may be
 * pushed to and registered, and nothing is written yet.
 */
export class Opening {
  readonly #source: HandlerSource;

  /** @internal */
  constructor(
    readonly connection: SseConnection,
    readonly session: SseSession,
    private readonly context: OpeningContext,
  ) {
    this.#source = new HandlerSource(connection, context);
  }

  /**
   * Opens the stream: subscribes what the handler returned, puts the connection
   * on its channels, writes the head, and starts.
   *
   * @throws what the handler's source throws on subscribing
   * @returns false when the client has gone
   */
  async commit(
    channels: readonly ChannelRequest[],
    result: HandlerResult,
  ): Promise<boolean> {
    const { connection, context } = this;
    // Returned alone, a stream of channels is the channels themselves.
    const streamed = result instanceof ChannelStream ? result : undefined;
    if (streamed === undefined) {
      this.#source.start(result);
    }
    if (!connection.isOpen) {
      this.#source.stop();
      return false;
    }
    this.#register(channels);
    for (const name of streamed?.names ?? []) {
      context.registry.getOrCreate(name).bind(connection);
    }
    const { delivery, lastEventId } = connection;
    const { follower, options } = delivery.engine;
    const planned =
      delivery.cursorMode === 'app'
        ? planResume(follower, [], undefined, 0)
        : planResume(
            follower,
            delivery.links,
            lastEventId ?? streamed?.after,
            options.maxReplay,
          );
    const plan = await this.#start(planned);
    if (plan) {
      this.#source.opened();
    }
    return plan;
  }

  /** The handler failed: nothing stays registered, nothing was written. */
  abort(): void {
    this.#source.stop();
    this.connection.delivery.abandon();
  }

  #register(channels: readonly ChannelRequest[]): void {
    const { registry } = this.context;
    const names = new Set<string>();
    for (const { name, options, isOnDemand } of channels) {
      if (!names.has(name)) {
        names.add(name);
        const standing = isOnDemand === true ? registry.get(name) : undefined;
        const channel = standing ?? registry.getOrCreate(name, options);
        channel.bind(this.connection);
      }
    }
  }

  async #start(planned: MaybePromise<Resumption>): Promise<boolean> {
    const { connection } = this;
    const { outlet } = connection.delivery;
    const early = planned instanceof Promise ? await inTime(planned) : planned;
    if (!connection.isOpen) {
      return false;
    }
    outlet.open(this.#headers(early));
    const plan = early ?? (await planned);
    startDelivery(connection.delivery, this.#openingBlock(plan), plan);
    connection.startTimers();
    return connection.isOpen;
  }

  #headers(plan: Resumption | undefined): Record<string, string> {
    if (plan === undefined || this.connection.delivery.cursorMode === 'app') {
      return {};
    }
    return { 'Channels-Resume': plan.resume };
  }

  #openingBlock(plan: Resumption): readonly Frame[] {
    const { delivery } = this.connection;
    const { retry } = this.context;
    const { epoch } = delivery.engine.follower.head;
    const id =
      // After a gap that moves the cursor, the gap's own frame carries it.
      delivery.cursorMode === 'app' ||
      plan.moveTo === undefined ||
      plan.gaps.length > 0
        ? undefined
        : formatPosition(epoch, plan.moveTo);
    if (retry === false && id === undefined) {
      return [];
    }
    return [
      Frame.event({
        retry: retry === false ? undefined : spread(retry),
        id,
      }),
    ];
  }
}

/** 100 to 150 %, so that clients cut off together do not return together. */
export function spread(ms: number): number {
  return Math.round(ms * (1 + Math.random() / 2));
}

function inTime(planned: Promise<Resumption>): Promise<Resumption | undefined> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => resolve(undefined), VERDICT_MS);
    planned.then(resolve, reject).finally(() => clearTimeout(timer));
  });
}
