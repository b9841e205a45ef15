/** What became of a publish to a channel. */
export interface Published {
  readonly channel: string;
  /** The SSE `id` receivers see; `undefined` for a transient event. */
  readonly id: string | undefined;
  readonly epoch: string | undefined;
  /** The place in the deployment's order; `undefined` when transient. */
  readonly seq: number | undefined;
  /** The idempotency key was used before: this is the first one's result. */
  readonly duplicate: boolean;
}
