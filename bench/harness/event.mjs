/** Stands once in every event and nowhere else: the client counts it. */
export const MARK = 0x7e; // ~

const TEXT = 'The quick brown fox jumps over the lazy dog. '
  .repeat(3)
  .slice(0, 108)
  .concat('~');

export const EVENT_NAME = 'tick';

/** The data of an event of about 160 bytes on the wire. */
export function dataOf(seq) {
  return { seq, text: TEXT };
}

/** What a careful hand would write: one block, formatted once. */
export function blockOf(seq) {
  return `id: ${seq}\nevent: ${EVENT_NAME}\ndata: ${JSON.stringify(dataOf(seq))}\n\n`;
}

/** The block as one HTTP/1.1 chunk, ready for a socket. */
export function chunkOf(seq) {
  const block = blockOf(seq);
  const size = Buffer.byteLength(block).toString(16);
  return Buffer.from(`${size}\r\n${block}\r\n`);
}

export const HEAD = {
  'content-type': 'text/event-stream',
  'cache-control':
    'private, no-cache, no-store, no-transform, must-revalidate, max-age=0',
  'x-accel-buffering': 'no',
  connection: 'keep-alive',
};
