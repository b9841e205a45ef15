import { Frame } from '../wire/frame.js';

/**
 * The frames a connection is to get at the end of the tick, as a node in a
 * tree: two connections that take the same frames in the same order stand on
 * the same node, so a tick's bytes are joined once for all of them, and taking
 * a frame costs a step to the child.
 */
export class BatchNode {
  /** Payload bytes from the root to here. */
  readonly size: number;
  #child: BatchNode | undefined;
  #joined: Frame | undefined;

  private constructor(
    private readonly parent: BatchNode | undefined,
    private readonly own: Frame | undefined,
  ) {
    this.size = (parent?.size ?? 0) + (own?.size ?? 0);
  }

  static root(): BatchNode {
    return new BatchNode(undefined, undefined);
  }

  /** The node of a connection that stood here and takes a frame. */
  next(frame: Frame): BatchNode {
    // One child is enough: a fan-out goes through all receivers of a frame
    // before the next frame comes.
    const child = this.#child;
    if (child !== undefined && child.own === frame) {
      return child;
    }
    return (this.#child = new BatchNode(this, frame));
  }

  /** All frames from the root to here, as one. */
  get frame(): Frame {
    return (this.#joined ??= this.#join());
  }

  /** Lets go of what was batched. */
  clear(): void {
    this.#child = undefined;
  }

  #join(): Frame {
    return Frame.join(this.#path(), this.size);
  }

  #path(): Frame[] {
    const frames: Frame[] = [];
    let { own, parent } = this;
    while (own !== undefined) {
      frames.push(own);
      own = parent?.own;
      parent = parent?.parent;
    }
    return frames.reverse();
  }
}
