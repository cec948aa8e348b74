import { statFile, type FileVersion } from './file-version';

/**
 * Calls `stat` at most once per file and turn of the event loop, as far as requests may share a result. The
 * loader needs it to find the file, and the opener needs it again to open the file. Requests on different
 * connections that arrive in the same turn share it too: all of them were sent before it was called.
 *
 * A request must not share the result of an earlier one on its connection. Between the two, the client may
 * have sent a request that changed the file (pipelining, RFC 9112 §9.3.2).
 */
export class StatMemo {
  readonly #results = new Map<string, FileVersion>();
  readonly #connections = new Set<object>();
  #endsWithTurn = false;

  /**
   * Starts a request. It shares no earlier result if its connection is unknown, or has had a request in this
   * turn.
   */
  begin(connection: object | undefined): void {
    if (connection === undefined || this.#connections.has(connection)) this.forget();
    else {
      this.#connections.add(connection);
      this.#endWithTurn();
    }
  }

  /** Ends the sharing of all results so far. */
  forget(): void {
    this.#results.clear();
  }

  /**
   * The version of the regular file with a name, or null if there is none. Null is not kept: a loader may
   * create the file and look again.
   */
  stat(filename: string): FileVersion | null {
    const known = this.#results.get(filename);
    if (known !== undefined) return known;
    const version = statFile(filename);
    if (version !== null) {
      this.#results.set(filename, version);
      this.#endWithTurn();
    }
    return version;
  }

  #endWithTurn(): void {
    if (this.#endsWithTurn) return;
    this.#endsWithTurn = true;
    setImmediate(() => {
      this.#endsWithTurn = false;
      this.#connections.clear();
      this.forget();
    });
  }
}
