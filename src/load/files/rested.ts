import { LRUCache } from 'lru-cache';
import type { FileSystem } from '../disk/file-system';
import { isRacy, isSameVersion, RACY_WINDOW_MS, type FileVersion } from './file-version';

/** How many files on remote disks are observed. */
const MAX_FILES = 10_000;

/** A time by the clock, which may be set, and by a timer, which may not. Both are in milliseconds. */
export interface Instant {
  readonly clock: number;
  readonly timer: number;
}

export function now(): Instant {
  return { clock: Date.now(), timer: performance.now() };
}

interface Observation {
  readonly version: FileVersion;
  /** When the version was first seen, by the timer. */
  readonly since: number;
}

/**
 * Tells whether a file or directory has been unchanged for so long that a change cannot go unnoticed: two
 * changes within one tick of the clock of the file system leave the same times.
 */
export class Rested {
  readonly #observed = new LRUCache<string, Observation>({ max: MAX_FILES });

  /**
   * Whether a version was rested at a time before now.
   *
   * @param name the name of the file or directory
   */
  has(name: string, version: FileVersion, { hasChangeTime, isRemote }: FileSystem, at: Instant): boolean {
    // Programs such as `cp -p` set the time of the last write. No other time says that there was one.
    if (!hasChangeTime && version.ctimeNs === version.mtimeNs) return false;
    return isRemote ? this.#wasSeen(name, version, at.timer) : !isRacy(version, at.clock);
  }

  /** The clock of a file server may be behind, so that the times of a new file are old. Only the timer counts. */
  #wasSeen(name: string, version: FileVersion, time: number): boolean {
    const observation = this.#observed.get(name);
    if (observation !== undefined && isSameVersion(observation.version, version)) {
      return time - observation.since >= RACY_WINDOW_MS;
    }
    this.#observed.set(name, { version, since: performance.now() });
    return false;
  }
}
