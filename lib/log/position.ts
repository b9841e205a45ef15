import { randomBytes } from 'node:crypto';

/** The place of an event in the deployment's one total order. */
export interface Position {
  /** The incarnation of the log that gave the position. */
  readonly epoch: string;
  /** Grows by one with each event of the deployment; goes on across epochs. */
  readonly seq: number;
}

// An epoch opens with an underscore so that the ids applications bring of
// their own (numbers, UUIDs, `order-17`) never look like one of ours.
const GRAMMAR = /^(_[0-9a-z]{10})-(0|[1-9][0-9]{0,15})$/;
const ALPHABET = '0123456789abcdefghijklmnopqrstuvwxyz';

/** A new epoch: an underscore and ten random characters of `[0-9a-z]`. */
export function createEpoch(): string {
  let epoch = '_';
  for (const byte of randomBytes(10)) {
    epoch += ALPHABET.charAt(byte % ALPHABET.length);
  }
  return epoch;
}

/** The SSE `id` of a position: at most 28 bytes of `[0-9a-z_-]`. */
export function formatPosition(epoch: string, seq: number): string {
  return `${epoch}-${seq}`;
}

/** Reads an SSE `id`; `undefined` when it is not in our grammar. */
export function parsePosition(id: string): Position | undefined {
  const match = GRAMMAR.exec(id);
  if (match === null) {
    return undefined;
  }
  const seq = Number(match[2]);
  return Number.isSafeInteger(seq)
    ? { epoch: match[1] as string, seq }
    : undefined;
}
