import { fstatSync, statSync, type BigIntStats } from 'node:fs';

/** What tells one version of a file from every other: a write changes at least the time of change. */
export type FileFacts = Readonly<Pick<BigIntStats, 'dev' | 'ino' | 'size' | 'mtimeNs' | 'ctimeNs'>>;

/**
 * How long, in nanoseconds, a file must have been left alone before its times are believed. Two writes within
 * one tick of the file system's clock leave the same times, so a version that young may change unnoticed; git
 * calls this racily clean. Two seconds are the coarsest tick in use (FAT).
 */
const RESTED_AFTER = 2_000_000_000n;

/** A fresh look at the regular file that a name leads to, or null where there is none. */
export function look(filename: string): FileFacts | null {
  try {
    const stats = statSync(filename, { bigint: true, throwIfNoEntry: false });
    return stats?.isFile() ? factsOf(stats) : null;
  } catch (error) {
    if (namesNoFile(error)) return null;
    throw error;
  }
}

/** The facts of what is open, or null where that is no regular file. */
export function lookAtOpen(descriptor: number): FileFacts | null {
  const stats = fstatSync(descriptor, { bigint: true });
  return stats.isFile() ? factsOf(stats) : null;
}

/** The facts alone: the system's answer has a dozen more fields, each a BigInt to keep and to collect. */
function factsOf({ dev, ino, size, mtimeNs, ctimeNs }: BigIntStats): FileFacts {
  return { dev, ino, size, mtimeNs, ctimeNs };
}

export function isSameVersion(one: FileFacts, other: FileFacts): boolean {
  return (
    one.ctimeNs === other.ctimeNs &&
    one.mtimeNs === other.mtimeNs &&
    one.size === other.size &&
    one.ino === other.ino &&
    one.dev === other.dev
  );
}

/** Whether a version had been left alone for long enough at a time in milliseconds since the epoch. */
export function hadRested({ mtimeNs, ctimeNs }: FileFacts, time: number): boolean {
  const latest = BigInt(time) * 1_000_000n - RESTED_AFTER;
  return ctimeNs < latest && mtimeNs < latest;
}

/** When the content last changed. */
export function modifiedAt({ mtimeNs }: FileFacts): Date {
  return new Date(Number(mtimeNs / 1_000_000n));
}

/** Errors of a name that cannot be a file's: no such file, a file where a folder should be, too long, a loop. */
export function namesNoFile(error: unknown): boolean {
  return NO_FILE.has((error as NodeJS.ErrnoException | undefined)?.code ?? '');
}

const NO_FILE = new Set(['ENOENT', 'ENOTDIR', 'ENAMETOOLONG', 'ELOOP', 'EISDIR', 'ENXIO']);
