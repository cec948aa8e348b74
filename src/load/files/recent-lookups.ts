import { ExpiringMap } from '../../util/expiring-map';
import type { FileVersion } from './file-version';

/** How long, in milliseconds, a result is used at most. */
const MAX_AGE_MS = 1000;

interface Entry {
  readonly root: string;
  readonly version: FileVersion;
}

/** The files that were looked up within the last second, of those that never change under their name. */
export class RecentLookups {
  readonly #isImmutable: (path: string) => boolean;
  readonly #entries = new ExpiringMap<string, Entry>(MAX_AGE_MS);

  /** @param isImmutable whether the file at a path below its root never changes under its name */
  constructor(isImmutable: (path: string) => boolean) {
    this.#isImmutable = isImmutable;
  }

  get(filename: string, root: string): FileVersion | undefined {
    const entry = this.#entries.get(filename);
    return entry?.root === root ? entry.version : undefined;
  }

  /** Keeps a version for a second at most, if the file never changes. */
  add(filename: string, root: string, version: FileVersion): void {
    if (!this.#isImmutable(pathBelow(root, filename))) return;
    this.#entries.set(filename, { root, version });
  }
}

/** The path of a file below what is exported, or its base name if the file itself is exported. */
function pathBelow(root: string, filename: string): string {
  const start = filename === root ? filename.lastIndexOf('/') : root.replace(/\/$/, '').length;
  return filename.slice(start + 1);
}
