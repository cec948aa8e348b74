import { randomUUID } from 'node:crypto';
import { createWriteStream, type BigIntStats } from 'node:fs';
import { chmod, lstat, rename, rm, stat, utimes, type FileHandle } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import type { Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { RACY_WINDOW_MS } from '../../load/files/file-version';
import { isNotFoundError } from '../../util/fs-errors';

/** An original that is open, and its `stat` from before it is read. */
export interface Original {
  readonly filename: string;
  readonly source: FileHandle;
  readonly stats: BigIntStats;
}

/** A file that is not served, because its name has a leading dot, until it is complete and gets its own name. */
export interface TemporaryFile {
  readonly size: number;
  /** Gives it its own name. An older file of that name is replaced. */
  keep(): Promise<void>;
  /** Removes it, unless it has been kept. */
  discard(): Promise<void>;
}

/**
 * Writes an encoding of a file, with the mode and the modification time of the original. If this fails, nothing
 * is left of it.
 *
 * @param target the name that the file is to have
 * @param header what precedes the output of the encoder
 */
export async function writeTemporary(
  target: string,
  { source, stats }: Original,
  encoder: Transform,
  signal: AbortSignal,
  header?: Uint8Array,
): Promise<TemporaryFile> {
  const temporary = join(dirname(target), `.${basename(target).slice(0, 100)}.${randomUUID()}`);
  const discard = (): Promise<void> => rm(temporary, { force: true });
  try {
    const mode = Number(stats.mode) & 0o777;
    const output = createWriteStream(temporary, { flags: 'wx', mode });
    if (header !== undefined) output.write(header);
    await pipeline(source.createReadStream({ start: 0, autoClose: false }), encoder, output, { signal });
    // The umask has removed bits from the mode of the new file.
    await chmod(temporary, mode);
    await copyMtime(stats, temporary);
    return { size: (await stat(temporary)).size, keep: () => rename(temporary, target), discard };
  } catch (error) {
    await discard();
    throw error;
  }
}

/** The `stat` of a file, without following a link, or null if there is none. */
export async function lstatIfExists(filename: string): Promise<BigIntStats | null> {
  try {
    return await lstat(filename, { bigint: true });
  } catch (error) {
    if (isNotFoundError(error)) return null;
    throw error;
  }
}

type ModificationTime = Pick<BigIntStats, 'mtimeNs'>;

/**
 * Whether an encoding was made of the current version of its original. An older encoding was not. A much
 * newer one was not either: it remains when an older original is restored. The window allows for file systems
 * that round times.
 */
export function isUpToDate(encoded: ModificationTime, original: ModificationTime): boolean {
  const difference = encoded.mtimeNs - original.mtimeNs;
  return difference >= 0n && difference <= BigInt(RACY_WINDOW_MS) * 1_000_000n;
}

/**
 * Gives a file the modification time of the original, or the next later one that can be set. Seconds as a
 * floating-point number cannot express every nanosecond, and an encoding that is older than its original is
 * not served.
 */
async function copyMtime(original: ModificationTime, filename: string): Promise<void> {
  for (const later of [0, 1e-6, 2e-6, 1, 2]) {
    const seconds = Number(original.mtimeNs) / 1e9 + later;
    await utimes(filename, seconds, seconds);
    if (isUpToDate(await stat(filename, { bigint: true }), original)) return;
  }
}
