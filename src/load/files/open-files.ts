import { LRUCache } from 'lru-cache';
import { closeQuietly } from '../../util/resource';
import type { Descriptor } from './descriptor';
import { isSameVersion, type FileVersion } from './file-version';

/** How many descriptors stay open. */
const MAX_OPEN = 64;

/** How long, in milliseconds, a descriptor stays open that is not used. */
const IDLE_MS = 2000;

/** A descriptor that several responses use, one after the other or at once. */
class OpenFile {
  readonly version: FileVersion;
  readonly descriptor: Descriptor;
  #idleSince = performance.now();
  #users = 0;
  #isEvicted = false;

  constructor(version: FileVersion, descriptor: Descriptor) {
    this.version = version;
    this.descriptor = descriptor;
  }

  /** Whether nobody has used it for some time. */
  isIdle(milliseconds: number): boolean {
    return this.#users === 0 && performance.now() - this.#idleSince >= milliseconds;
  }

  /** Adds a user. Returns the function that it calls at its end. */
  use(): Lease['release'] {
    this.#users += 1;
    let hasEnded = false;
    return () => {
      if (hasEnded) return undefined;
      hasEnded = true;
      this.#users -= 1;
      this.#idleSince = performance.now();
      return this.#isEvicted && this.#users === 0 ? this.descriptor.close() : undefined;
    };
  }

  /** Closes the descriptor, now or when its last user has ended. */
  evict(): void {
    this.#isEvicted = true;
    if (this.#users === 0) closeQuietly(this.descriptor);
  }
}

/** A descriptor, and what its user calls at its end. */
export interface Lease {
  readonly descriptor: Descriptor;
  readonly release: () => Promise<void> | undefined;
}

/**
 * The descriptors of large files, kept open for a while. Players of video and readers of maps, PDFs and tables
 * request many small ranges of a file, and opening it takes longer than reading them.
 */
export class OpenFiles {
  readonly #files = new LRUCache<string, OpenFile>({
    max: MAX_OPEN,
    dispose: (file) => {
      file.evict();
    },
  });
  #timer: NodeJS.Timeout | undefined;

  /** The descriptor of a version of a file, or undefined if it is not open. */
  lease(filename: string, version: FileVersion): Lease | undefined {
    const file = this.#files.get(filename);
    if (file === undefined) return undefined;
    if (isSameVersion(file.version, version)) return { descriptor: file.descriptor, release: file.use() };
    this.#files.delete(filename);
    return undefined;
  }

  /** Keeps a descriptor that was opened for a response. */
  add(filename: string, version: FileVersion, descriptor: Descriptor): Lease {
    const file = new OpenFile(version, descriptor);
    const release = file.use();
    this.#files.set(filename, file);
    this.#timer ??= setInterval(() => {
      this.closeIdle(IDLE_MS);
    }, IDLE_MS / 2).unref();
    return { descriptor, release };
  }

  /** Closes the descriptors that nobody has used for some time. */
  closeIdle(milliseconds: number): void {
    for (const [filename, file] of this.#files) {
      if (file.isIdle(milliseconds)) this.#files.delete(filename);
    }
    if (this.#files.size > 0) return;
    clearInterval(this.#timer);
    this.#timer = undefined;
  }
}
