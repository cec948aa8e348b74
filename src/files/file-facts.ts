import { fstat, statSync, type BigIntStats } from 'node:fs';
import { promisify } from 'node:util';

/** What tells one version of a file from every other: a write changes at least the time of change. */
export type FileFacts = BigIntStats;

const fstatOf = promisify(fstat);

/**
 * How long, in milliseconds, a file must have been left alone before its times are believed. Two writes within
 * one tick of the file system's clock leave the same times, so a version that young may change unnoticed; git
 * calls this racily clean. Two seconds are the coarsest tick in use (FAT).
 */
const RESTED_AFTER = 2000;

/** A fresh look at the file that a name leads to, or null where there is no such file. */
export function look(filename: string): FileFacts | null {
  try {
    return statSync(filename, { bigint: true, throwIfNoEntry: false }) ?? null;
  } catch (error) {
    if (namesNoFile(error)) return null;
    throw error;
  }
}

/** The facts of a file that is open. */
export function lookAtOpen(descriptor: number): Promise<FileFacts> {
  return fstatOf(descriptor, { bigint: true });
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

/** Whether a version had been left alone for long enough at a time (milliseconds since the epoch). */
export function hadRested(facts: FileFacts, time: number): boolean {
  return time - Number(facts.ctimeMs) > RESTED_AFTER && time - Number(facts.mtimeMs) > RESTED_AFTER;
}

/** Errors of a name that cannot be a file's: no such file, a file where a folder should be, too long, a loop. */
export function namesNoFile(error: unknown): boolean {
  return NO_FILE.has((error as NodeJS.ErrnoException | undefined)?.code ?? '');
}

const NO_FILE = new Set(['ENOENT', 'ENOTDIR', 'ENAMETOOLONG', 'ELOOP', 'EISDIR', 'ENXIO']);
