import type { Socket } from 'node:net';

/** What emits `drain` once bytes it was given have left. */
export interface Draining {
  on(event: 'drain', listener: () => void): unknown;
}

/**
 * Waits until more can be written to one response. Made at the first write
 * that asks to wait: most connections never need one.
 */
export class DrainWatch {
  /** Called once, at the next drain. */
  listener: (() => void) | undefined;
  /** Bytes that someone took since asking to wait, and shows nowhere. */
  held = 0;
  #socket: Socket | undefined;
  #watchesResponse = false;

  watchSocket(socket: Socket): void {
    if (this.#socket === undefined) {
      this.#socket = socket;
      socket.on('drain', this.#drained);
    }
  }

  watchResponse(response: Draining): void {
    if (!this.#watchesResponse) {
      this.#watchesResponse = true;
      // For good: compression moves the listener to a stream of its own, from
      // which it could not be taken back.
      response.on('drain', this.#drained);
    }
  }

  /** The socket outlives the response: nothing of it stays there. */
  stop(): void {
    this.listener = undefined;
    this.held = 0;
    this.#socket?.off('drain', this.#drained);
    this.#socket = undefined;
  }

  readonly #drained = (): void => {
    const { listener } = this;
    this.stop();
    listener?.();
  };
}
