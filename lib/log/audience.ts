/** What a filter looks at: the receiving session. */
export interface Receiver {
  readonly id: string;
  readonly userId: string | undefined;
  readonly data: object;
}

/** Sessions and users, as `except` and `only` name them. */
export interface Selection {
  readonly sessions: ReadonlySet<string>;
  readonly users: ReadonlySet<string>;
}

/** Who of a channel's sessions receives an event; on replay as when live. */
export interface Audience {
  readonly except?: Selection | undefined;
  readonly only?: Selection | undefined;
  readonly where?: Readonly<Record<string, unknown>> | undefined;
  readonly filter?: ((session: Receiver) => boolean) | undefined;
}

/** Whether an audience takes in a session. A filter that throws says no. */
export function admits(audience: Audience, session: Receiver): boolean {
  const { except, only, where, filter } = audience;
  return (
    (except === undefined || !selects(except, session)) &&
    (only === undefined || selects(only, session)) &&
    (where === undefined || matches(where, session.data)) &&
    (filter === undefined || filter(session))
  );
}

function selects(selection: Selection, session: Receiver): boolean {
  return (
    selection.sessions.has(session.id) ||
    (session.userId !== undefined && selection.users.has(session.userId))
  );
}

/** Equality per key; an array means any of. Inherited keys never match. */
export function matches(
  where: Readonly<Record<string, unknown>>,
  data: object,
): boolean {
  for (const [key, wanted] of Object.entries(where)) {
    const value: unknown = Object.hasOwn(data, key)
      ? (data as Record<string, unknown>)[key]
      : undefined;
    if (Array.isArray(wanted) ? !wanted.includes(value) : wanted !== value) {
      return false;
    }
  }
  return true;
}
