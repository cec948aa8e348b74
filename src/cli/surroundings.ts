import type { Writable } from 'node:stream';

/** What the command has to do with the process that it runs in. */
export interface Surroundings {
  readonly stdout: Writable;
  readonly stderr: Writable;
  /** Stops the server when it aborts, or the compressing. */
  readonly stop: AbortSignal;
  /** Whether this process is one of several that serve alike, of which another tells the URL. */
  readonly isWorker: boolean;
}
