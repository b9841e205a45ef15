import { Follower } from '../backends/follower.js';
import { MemoryBackend } from '../backends/memory/memory-backend.js';
import { Engine } from './engine.js';

/** The engine of a connection that stands on no application's log. */
export function createLoneEngine(): Engine {
  const report = (error: unknown): void => {
    console.error(error);
  };
  const follower = new Follower(new MemoryBackend(), () => {}, report);
  return new Engine(
    {
      writeTimeout: 30_000,
      pendingLimit: 256 * 1024,
      maxPendingBytes: 1024 * 1024,
      maxReplay: 0,
      onError: report,
    },
    follower,
  );
}
