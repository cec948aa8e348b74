import { statFile, type FileVersion } from './file-version';

/**
 * Calls `stat` at most once per file and turn of the event loop. The loader needs the result to find the
 * file, and the opener needs it again to open the file.
 */
export class StatMemo {
  readonly #results = new Map<string, FileVersion | null>();

  /** The current version of the regular file with a name, or null if there is none. */
  stat(filename: string): FileVersion | null {
    const known = this.#results.get(filename);
    if (known !== undefined) return known;
    if (this.#results.size === 0) {
      setImmediate(() => {
        this.#results.clear();
      });
    }
    const version = statFile(filename);
    this.#results.set(filename, version);
    return version;
  }
}
