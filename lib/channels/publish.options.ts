import type { Audience, Receiver, Selection } from '../log/audience.js';
import { SseSession, type SseSessionData } from '../sessions/session.js';
import { SseChannelsError } from '../wire/errors.js';

/** Sessions by id (or themselves), or sessions and users by id. */
export type SessionSelector =
  | string
  | SseSession
  | readonly (string | SseSession)[]
  | {
      readonly sessions?: string | readonly string[];
      readonly users?: string | readonly string[];
    };

/** Equality per key of `session.data`; an array means any of. */
export type SessionQuery = {
  readonly [K in keyof SseSessionData]?:
    SseSessionData[K] | readonly SseSessionData[K][];
} & Readonly<Record<string, unknown>>;

/** Who receives an event; live and on replay. */
export interface AudienceOptions {
  /**
   * Not these. An anonymous session's id ends with its connection: what shall
   * hold on replay names users, or uses `where`.
   */
  readonly except?: SessionSelector;
  /** Only these. */
  readonly only?: SessionSelector;
  /** Only sessions whose data is so. */
  readonly where?: SessionQuery;
  /**
   * Only sessions this function admits. It cannot leave the process: backends
   * that span or outlive it refuse it unless the event is `transient`.
   */
  readonly filter?: (session: SseSession) => boolean;
}

/** Options of a publish to a channel. */
export interface PublishOptions extends AudienceOptions {
  /** An id of your own in place of the log's; need not be unique. */
  readonly id?: string;
  /** The same key on the same channel publishes once. */
  readonly idempotencyKey?: string;
  /** Milliseconds the event may be replayed; 0 as long as it is held. */
  readonly ttl?: number;
  /** Live only: no id, no position, no history. Defaults to false. */
  readonly transient?: boolean;
}

/** @throws SseChannelsError `INVALID_OPTIONS` */
export function audienceOf(options: AudienceOptions): Audience | undefined {
  const { except, only, where, filter } = options;
  if (
    except === undefined &&
    only === undefined &&
    where === undefined &&
    filter === undefined
  ) {
    return undefined;
  }
  if (where !== undefined && (typeof where !== 'object' || where === null)) {
    throw invalid('where', 'an object of keys of session.data');
  }
  if (filter !== undefined && typeof filter !== 'function') {
    throw invalid('filter', 'a function of the session');
  }
  return {
    except: except === undefined ? undefined : selectionOf('except', except),
    only: only === undefined ? undefined : selectionOf('only', only),
    // A copy: the caller may change theirs while the event is in the log.
    where: where === undefined ? undefined : { ...where },
    // Links of a process hold its sessions: what a filter gets is a session.
    filter: filter as ((session: Receiver) => boolean) | undefined,
  };
}

function selectionOf(name: string, selector: SessionSelector): Selection {
  if (
    typeof selector === 'string' ||
    selector instanceof SseSession ||
    Array.isArray(selector)
  ) {
    return { sessions: ids(name, selector), users: new Set() };
  }
  if (typeof selector !== 'object' || selector === null) {
    throw invalid(name, 'session ids or { users: [...] }');
  }
  const { sessions, users } = selector as {
    readonly sessions?: unknown;
    readonly users?: unknown;
  };
  return { sessions: ids(name, sessions), users: ids(name, users) };
}

function ids(name: string, given: unknown): ReadonlySet<string> {
  const list =
    given === undefined ? [] : Array.isArray(given) ? given : [given];
  return new Set(
    list.map((one: unknown) => {
      const id = one instanceof SseSession ? one.id : one;
      if (typeof id !== 'string') {
        throw invalid(name, 'session ids or { users: [...] }');
      }
      return id;
    }),
  );
}

function invalid(name: string, wanted: string): SseChannelsError {
  return new SseChannelsError(
    'INVALID_OPTIONS',
    `The publish option ${name} is not valid`,
    `It takes ${wanted}.`,
  );
}
