export { openStream } from './open-stream.js';
export { StreamRefusedError } from './stream-refused.error.js';
export type { EventStream } from './event-stream.js';
export type { OpenStreamOptions, WaitOptions } from './open-stream.options.js';
export type { StreamEvent } from './stream-event.js';
