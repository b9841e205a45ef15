import type { Socket } from 'node:net';

/** What Node's stream handles count; not public, hence all optional. */
interface StreamHandle {
  /** Bytes handed to the handle. */
  readonly bytesWritten?: number;
  /** Bytes of those that still wait in it. */
  readonly writeQueueSize?: number;
  /** The TCP handle below a TLS handle. */
  readonly _parent?: StreamHandle;
}

/**
 * A number that changes when the kernel takes bytes of what was written.
 *
 * `bytesWritten` and `writableLength` stand still while one large write is
 * under way. The handle's queue does not: the socket's own timeout looks at it
 * for the same reason. A TLS handle counts only whole rounds of its queue, so
 * the TCP handle below it counts as well.
 */
export function socketProgress(socket: Socket): number {
  const { _handle: handle } = socket as { _handle?: StreamHandle | null };
  if (typeof handle?.bytesWritten !== 'number') {
    return socket.bytesWritten - socket.writableLength;
  }
  return (
    handle.bytesWritten -
    (handle.writeQueueSize ?? 0) -
    (handle._parent?.writeQueueSize ?? 0)
  );
}
