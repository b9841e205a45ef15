// Nest resolves a handler's parameters before the stream begins: these stand in
// for what is known only then.
export const SESSION_PLACE = Symbol('sse-channels:session');
export const CONNECTION_PLACE = Symbol('sse-channels:connection');
export const LAST_EVENT_ID_PLACE = Symbol('sse-channels:last-event-id');
