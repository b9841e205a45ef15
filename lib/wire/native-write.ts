import { OutgoingMessage } from 'node:http';

const write: unknown = Reflect.get(OutgoingMessage.prototype, 'write');

// What instruments Node before this module loads has already replaced it: then
// its source is not Node's, and no response counts as untouched.
const isUntouched =
  typeof write === 'function' &&
  /\bwrite_\(this, chunk\b/.test(Function.prototype.toString.call(write));

/**
 * Whether a response's `write` is Node's own: nobody (compression, an APM, a
 * subclass) wants to see what is written.
 */
export function hasNativeWrite(response: { readonly write: unknown }): boolean {
  return isUntouched && response.write === write;
}
