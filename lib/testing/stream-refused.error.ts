/** The server answered with something else than `200 text/event-stream`. */
export class StreamRefusedError extends Error {
  override readonly name = 'StreamRefusedError';

  constructor(
    /** The HTTP status of the answer. */
    readonly status: number,
    readonly headers: Record<string, string | string[] | undefined>,
    /** The answer's body as text, its first 64 KiB. */
    readonly body: string,
  ) {
    super(
      `The server answered ${status} ${String(headers['content-type'] ?? '(no content type)')}` +
        ` instead of an event stream: ${body.slice(0, 500) || '(empty body)'}`,
    );
  }
}
