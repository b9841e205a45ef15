import type { SseConnection } from './connection.js';

/** What can be streamed: arrays, generators, Node streams, async iterables. */
export type EventSourceLike = AsyncIterable<unknown> | Iterable<unknown>;

/**
 * Pulls a source item by item, the next only once every connection takes more:
 * a slow client slows its source down and fills no memory.
 *
 * @returns false when the connections closed before the source ended
 */
export async function pumpSource(
  source: EventSourceLike,
  connections: ReadonlySet<SseConnection>,
  send: (item: unknown) => void,
): Promise<boolean> {
  for await (const item of source) {
    if (connections.size === 0) {
      return false;
    }
    send(item);
    for (const connection of connections) {
      if (!connection.delivery.takesMore) {
        await new Promise<void>((resolve) => {
          connection.delivery.whenTaking(resolve);
        });
      }
    }
  }
  return connections.size > 0;
}
