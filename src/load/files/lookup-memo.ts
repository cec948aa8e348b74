import { emptied } from '../../util/emptied';
import { isPromise, type MaybePromise } from '../../util/maybe-promise';
import type { FileVersion } from './file-version';

interface Entry {
  readonly root: string;
  readonly version: FileVersion;
}

/** Looks up the version of the file with a name below a root, or null if there is none. */
export type FileLookUp = (filename: string, root: string) => MaybePromise<FileVersion | null>;

/**
 * Looks up each file at most once per turn of the event loop, as far as requests may share a result. The
 * loader needs it to find the file, and the opener needs it again to open the file. Requests on different
 * connections that arrive in the same turn share it too: all of them were sent before the look-up.
 *
 * A request must not share the result of an earlier one on its connection. Between the two, the client may
 * have sent a request that changed the file (pipelining, RFC 9112 §9.3.2).
 *
 * A look-up that waits for the disk ends in a later turn than it starts in. Its result is for the requests that
 * have waited for it, and that continue at once. Another request may have started after the file was looked up.
 */
export class LookupMemo {
  readonly #lookUp: FileLookUp;
  #results = new Map<string, Entry>();
  #delayed = new Map<string, Entry>();
  #connections = new Set<object>();
  #endsWithTurn = false;

  constructor(lookUp: FileLookUp) {
    this.#lookUp = lookUp;
  }

  /**
   * Starts a request. It shares no earlier result if its connection is unknown, or has had a request in this
   * turn.
   */
  begin(connection: object | undefined): void {
    this.#delayed = emptied(this.#delayed);
    if (connection === undefined || this.#connections.has(connection)) this.forget();
    else {
      this.#connections.add(connection);
      this.#endWithTurn();
    }
  }

  /** Ends the sharing of all results so far. */
  forget(): void {
    this.#results = emptied(this.#results);
    this.#delayed = emptied(this.#delayed);
  }

  /**
   * The version of a file, or null if there is none. Null is not kept: a loader may create the file and look
   * again.
   */
  get(filename: string, root: string): MaybePromise<FileVersion | null> {
    const known = this.#results.get(filename) ?? this.#delayed.get(filename);
    if (known?.root === root) return known.version;
    const version = this.#lookUp(filename, root);
    if (isPromise(version)) return version.then((delayed) => this.#keepDelayed(filename, root, delayed));
    if (version !== null) {
      this.#results.set(filename, { root, version });
      this.#endWithTurn();
    }
    return version;
  }

  /** Keeps a result until the promise callbacks that wait for it have run. */
  #keepDelayed(filename: string, root: string, version: FileVersion | null): FileVersion | null {
    if (version !== null) {
      this.#delayed.set(filename, { root, version });
      process.nextTick(() => {
        this.#delayed = emptied(this.#delayed);
      });
    }
    return version;
  }

  #endWithTurn(): void {
    if (this.#endsWithTurn) return;
    this.#endsWithTurn = true;
    setImmediate(() => {
      this.#endsWithTurn = false;
      this.#connections = new Set();
      this.forget();
    });
  }
}
