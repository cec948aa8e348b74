import type { BigIntStats } from 'node:fs';
import { nearestHttpTime } from '../../http/date';

/** What tells the versions of a file apart: every write changes at least `ctimeNs`. */
export type FileVersion = Readonly<Pick<BigIntStats, 'dev' | 'ino' | 'size' | 'mtimeNs' | 'ctimeNs'>>;

/**
 * How long, in milliseconds, a file must be unchanged before its times are trusted. Two writes within one tick
 * of the clock of the file system leave the same times, so that the second one goes unnoticed. Git calls such
 * a file racily clean. Two seconds are the coarsest tick in use (FAT).
 */
export const RACY_WINDOW_MS = 2000;

/** The version of a regular file, or null for anything else. */
export function fileVersion(stats: BigIntStats | undefined): FileVersion | null {
  return stats?.isFile() ? versionOf(stats) : null;
}

/** Only the fields that are needed: the others are a dozen BigInts to keep and to collect. */
export function versionOf({ dev, ino, size, mtimeNs, ctimeNs }: BigIntStats): FileVersion {
  return { dev, ino, size, mtimeNs, ctimeNs };
}

export function isSameVersion(one: FileVersion, other: FileVersion): boolean {
  return (
    one.ctimeNs === other.ctimeNs &&
    one.mtimeNs === other.mtimeNs &&
    one.size === other.size &&
    one.ino === other.ino &&
    one.dev === other.dev
  );
}

/** Whether a version was so young, at a time in milliseconds, that a change could go unnoticed. */
export function isRacy({ mtimeNs, ctimeNs }: FileVersion, time: number): boolean {
  const latest = BigInt(time - RACY_WINDOW_MS) * 1_000_000n;
  return ctimeNs >= latest || mtimeNs >= latest;
}

/** When the content last changed. A `Date` is invalid from the year 275761 on, which file systems can keep. */
export function modifiedAt({ mtimeNs }: FileVersion): Date {
  return new Date(nearestHttpTime(Number(mtimeNs / 1_000_000n)));
}
