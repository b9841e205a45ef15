import type { RelayMessage } from '../backends/backend.js';
import { admits } from '../log/audience.js';
import type { Audience } from '../log/audience.js';
import {
  audienceOf,
  type SessionQuery,
  type SessionSelector,
} from '../channels/publish.options.js';
import { checkMessage } from '../sessions/message.js';
import type { SessionRegistry } from '../sessions/session-registry.js';
import type { SseSession } from '../sessions/session.js';
import { SseChannelsError } from '../wire/errors.js';
import { Frame } from '../wire/frame.js';
import type { Serializer } from '../wire/serialize.js';
import { argumentsData } from './arguments.js';

/** Whom a direct message is for; nobody named means everybody. */
export interface DirectTarget {
  readonly users?: string | readonly string[] | undefined;
  readonly sessions?: string | readonly string[] | undefined;
  readonly connections?: string | readonly string[] | undefined;
  readonly except?: SessionSelector | undefined;
  readonly where?: SessionQuery | undefined;
  /** Sessions on one of these channels are left out: they have it already. */
  readonly notOn?: readonly string[] | undefined;
}

/** A direct message on its way. */
export interface DirectPayload {
  readonly users: readonly string[] | undefined;
  readonly sessions: readonly string[] | undefined;
  readonly connections: readonly string[] | undefined;
  readonly audience: Audience | undefined;
  readonly notOn: readonly string[];
  readonly event: string;
  readonly data: string | undefined;
}

const KIND = 'direct';

/** @throws SseChannelsError when the event or the target is not valid */
export function draftDirect(
  target: DirectTarget,
  event: string,
  args: readonly unknown[],
  serializer: Serializer,
): RelayMessage {
  const data = argumentsData(args);
  const { fields } = checkMessage({ event, data }, serializer);
  const { users, sessions, connections, except, where, notOn } = target;
  const payload: DirectPayload = {
    users: listOf('users', users),
    sessions: listOf('sessions', sessions),
    connections: listOf('connections', connections),
    audience: audienceOf({ except, where }),
    notOn: notOn ?? [],
    event,
    data: fields.data,
  };
  return { kind: KIND, payload };
}

/** Hands a relayed message to the connections of this process it is for. */
export function deliverDirect(
  { kind, payload }: RelayMessage,
  sessions: SessionRegistry,
  isOn: (session: SseSession, channels: readonly string[]) => boolean,
): void {
  if (kind !== KIND) {
    return;
  }
  const message = payload as DirectPayload;
  const { event, data, audience, notOn } = message;
  const frame = Frame.event({ event, data });
  for (const id of message.connections ?? []) {
    sessions.connection(id)?.write(frame);
  }
  if (message.connections !== undefined) {
    return;
  }
  for (const session of receivers(message, sessions)) {
    if (
      (audience === undefined || admits(audience, session)) &&
      (notOn.length === 0 || !isOn(session, notOn))
    ) {
      session.write(frame);
    }
  }
}

function receivers(
  { users, sessions: ids }: DirectPayload,
  sessions: SessionRegistry,
): Iterable<SseSession> {
  if (users === undefined && ids === undefined) {
    return sessions.list();
  }
  const chosen = new Set<SseSession>();
  for (const userId of users ?? []) {
    for (const session of sessions.list({ userId })) {
      chosen.add(session);
    }
  }
  for (const id of ids ?? []) {
    const session = sessions.get(id);
    if (session !== undefined) {
      chosen.add(session);
    }
  }
  return chosen;
}

function listOf(
  name: string,
  given: string | readonly string[] | undefined,
): readonly string[] | undefined {
  if (given === undefined) {
    return undefined;
  }
  const list: readonly unknown[] = Array.isArray(given) ? given : [given];
  if (!list.every((id) => typeof id === 'string')) {
    throw new SseChannelsError(
      'INVALID_OPTIONS',
      `The ${name} of a direct message are not all strings`,
      `Pass one id or an array of ids as ${name}.`,
    );
  }
  return list;
}
