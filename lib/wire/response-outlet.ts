import type { IncomingMessage, ServerResponse } from 'node:http';
import type {
  Http2ServerRequest,
  Http2ServerResponse,
  ServerHttp2Stream,
} from 'node:http2';
import { Socket } from 'node:net';
import { DrainWatch, type Draining } from './drain-watch.js';
import type { Frame } from './frame.js';
import { hasNativeWrite } from './native-write.js';
import type { Outlet, WriterMode } from './outlet.js';
import { promisesPlainChunks, sendHead } from './response-head.js';
import { socketProgress } from './socket-progress.js';

// RFC 9113, 7: the stream is no longer needed.
const CANCEL = 8;

// More than this in one write, and HTTP/2 shows no progress for too long.
const LARGE_WRITE = 64 * 1_024;

/**
 * An outlet over Node's response: HTTP/1.1, HTTP/1.0, HTTP/2, with or without
 * TLS. On HTTP/1.1 a frame goes to the socket as it is, its chunk framing
 * included, wherever nobody can tell; everything else goes through `write`.
 */
export class ResponseOutlet implements Outlet {
  readonly request: IncomingMessage | Http2ServerRequest;
  readonly #response: ServerResponse | Http2ServerResponse;
  /** Frames may go to the socket, as far as mode and head tell. */
  #direct: boolean;
  #opened = false;
  #ended = false;
  #gone = false;
  /** HTTP/2: bytes written, and that number after the last large frame. */
  #written = 0;
  #largeUntil = 0;
  /** The socket frames went to last, still to be looked at each time. */
  #socket: ServingSocket | undefined;
  #drain: DrainWatch | undefined;
  #closeListener: (() => void) | undefined;

  constructor(
    request: IncomingMessage | Http2ServerRequest,
    response: ServerResponse | Http2ServerResponse,
    mode: WriterMode = 'auto',
  ) {
    this.request = request;
    this.#response = response;
    this.#direct = mode === 'auto';
    // Without a listener, a write between the end and the close of a response
    // ends the process.
    response.on('error', ignore);
    if (this.closed) {
      this.#gone = true;
      return;
    }
    const close = () => this.#close();
    response.on('close', close);
    // Emitted within `end()`, whoever calls it.
    response.on('prefinish', () => {
      this.#direct = false;
    });
    if (this.#waitsForTurn) {
      onConnectionClose(request.socket, response, close);
    }
  }

  get opened(): boolean {
    return this.#opened;
  }

  get closed(): boolean {
    if (this.#gone) {
      return true;
    }
    const stream = this.#stream;
    if (stream !== undefined) {
      return stream.destroyed || stream.closed;
    }
    const response = this.#response as ServerResponse;
    const socket = response.socket ?? this.request.socket;
    return response.destroyed || socket.destroyed;
  }

  get pending(): number {
    return this.closed
      ? 0
      : Math.max(this.#response.writableLength, this.#drain?.held ?? 0);
  }

  get taken(): number {
    const stream = this.#stream;
    if (stream !== undefined) {
      return this.#takenByStream(stream);
    }
    const { socket } = this.#response;
    // A response that waits for its turn asks nothing of the peer yet: that
    // must not look as if the peer had stalled.
    return socket === null ? performance.now() : socketProgress(socket);
  }

  open(headers: Readonly<Record<string, string>> = {}): void {
    const response = this.#response;
    if (this.#opened || response.writableEnded || this.closed) {
      return;
    }
    sendHead(this.request, response, headers);
    this.#opened = true;
    this.#direct &&=
      this.#stream === undefined &&
      this.request.method !== 'HEAD' &&
      (response.socket === null || response.socket instanceof Socket) &&
      promisesPlainChunks(response as ServerResponse);
  }

  write(frame: Frame): boolean {
    const socket = this.#directSocket;
    if (socket !== undefined) {
      return socket.write(frame.chunk) || this.#waitForSocket(socket);
    }
    if (!this.#takesBytes) {
      return false;
    }
    // A HEAD response has no body; some servers throw at one.
    return frame.size === 0 || this.request.method === 'HEAD'
      ? true
      : this.#writeResponse(frame);
  }

  onDrain(listener: () => void): void {
    this.#watch.listener = listener;
  }

  onClose(listener: () => void): void {
    if (this.#gone) {
      process.nextTick(listener);
    } else {
      this.#closeListener = listener;
    }
  }

  end(): void {
    if (this.#ended || this.closed) {
      return;
    }
    this.#ended = true;
    try {
      this.#response.end();
    } catch {
      // Whoever replaced `end` failed: the client must not wait for it.
      this.destroy();
    }
  }

  destroy(): void {
    const stream = this.#stream;
    if (stream !== undefined) {
      stream.close(CANCEL);
      // The reset alone waits behind bytes that the peer does not take.
      stream.destroy();
    } else if (this.#waitsForTurn) {
      this.request.socket.destroy();
    } else if (!this.#gone) {
      (this.#response as ServerResponse).destroy();
    }
  }

  get #watch(): DrainWatch {
    return (this.#drain ??= new DrainWatch());
  }

  get #stream(): ServerHttp2Stream | undefined {
    return this.request.httpVersionMajor >= 2
      ? (this.#response as Http2ServerResponse).stream
      : undefined;
  }

  /** Whether another response still has the connection (pipelining). */
  get #waitsForTurn(): boolean {
    const response = this.#response as ServerResponse;
    return (
      this.#stream === undefined &&
      response.socket === null &&
      !response.writableFinished
    );
  }

  get #takesBytes(): boolean {
    return (
      this.#opened &&
      !this.#ended &&
      !this.#response.writableEnded &&
      !this.closed &&
      !this.#isHalfClosed
    );
  }

  /**
   * After the client's FIN, which Node answers with its own, the close is under
   * way: a write would raise `clientError`.
   */
  get #isHalfClosed(): boolean {
    return (
      this.#stream === undefined &&
      (this.#response as ServerResponse).socket?.writable === false
    );
  }

  /**
   * The socket, when a frame may go to it now. Asked before each write: the
   * socket passes to another response once this one has ended, and what waits
   * in the response must leave first. After the client's FIN a socket is not
   * writable, and a write would raise `clientError`.
   *
   * It asks the socket alone: reading anything of an Express response costs
   * more than a tenth of a write, as each has a hidden class of its own.
   */
  get #directSocket(): Socket | undefined {
    if (!this.#direct || this.#ended || this.#gone) {
      return undefined;
    }
    const socket = this.#socket;
    return socket !== undefined &&
      socket._httpMessage === this.#response &&
      socket.writable &&
      // While nobody corked it, nothing can wait in the response.
      socket.writableCorked === 0
      ? socket
      : this.#socketOfResponse;
  }

  /** The same, asked of the response. */
  get #socketOfResponse(): Socket | undefined {
    const response = this.#response as ServerResponse;
    const socket: ServingSocket | null = response.socket;
    if (
      socket === null ||
      !socket.writable ||
      response.writableEnded ||
      response.writableLength !== socket.writableLength ||
      !hasNativeWrite(response)
    ) {
      return undefined;
    }
    this.#socket = socket;
    return socket;
  }

  #waitForSocket(socket: Socket): false {
    this.#watch.watchSocket(socket);
    return false;
  }

  #writeResponse(frame: Frame): boolean {
    const response: WritableResponse = this.#response;
    let more: unknown;
    try {
      more = response.write(frame.bytes);
      // Compression holds back what it was given until told to flush.
      response.flush?.();
    } catch {
      // Whoever replaced `write` failed, and the stream has lost a frame: the
      // client comes back and resumes.
      this.destroy();
      return false;
    }
    this.#written += frame.size;
    if (frame.size > LARGE_WRITE) {
      this.#largeUntil = this.#written;
    }
    // A replaced `write` may forget to return anything.
    if (typeof more === 'boolean' ? more : !response.writableNeedDrain) {
      return true;
    }
    if (!this.#hasOwnWrite) {
      this.#watch.held += frame.size;
    }
    this.#watch.watchResponse(response);
    return false;
  }

  /** Whether all that was written is counted by the response itself. */
  get #hasOwnWrite(): boolean {
    return this.#stream === undefined
      ? hasNativeWrite(this.#response)
      : !Object.hasOwn(this.#response, 'write');
  }

  #takenByStream(stream: ServerHttp2Stream): number {
    const taken = this.#written - stream.writableLength;
    const { session } = stream;
    // Node counts a write as taken only when all of it was. Within a large one
    // the progress of the whole session has to do.
    return taken < this.#largeUntil && session?.destroyed === false
      ? taken + socketProgress(session.socket)
      : taken;
  }

  #close(): void {
    if (this.#gone) {
      return;
    }
    this.#gone = true;
    this.#socket = undefined;
    this.#drain?.stop();
    const listener = this.#closeListener;
    this.#closeListener = undefined;
    listener?.();
  }
}

/** What both kinds of response have, and what is put on them. */
interface WritableResponse extends Draining {
  write(chunk: Buffer): unknown;
  /** Put there by compression middleware. */
  readonly flush?: () => void;
  readonly writableNeedDrain?: boolean;
}

/** A server's socket: it knows the response it serves at the moment. */
interface ServingSocket extends Socket {
  readonly _httpMessage?: unknown;
}

/** Node closes no response that still waits behind another one. */
function onConnectionClose(
  socket: Socket,
  response: ServerResponse | Http2ServerResponse,
  close: () => void,
): void {
  const most = socket.getMaxListeners();
  if (most !== 0) {
    socket.setMaxListeners(most + 1);
  }
  socket.on('close', close);
  response.on('close', () => socket.off('close', close));
}

function ignore(): void {}
