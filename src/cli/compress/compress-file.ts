import { randomUUID } from 'node:crypto';
import { constants, createWriteStream, type BigIntStats } from 'node:fs';
import { chmod, lstat, open, rename, rm, stat, utimes, type FileHandle } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { READ_FLAGS } from '../../load/disk/operations';
import { RACY_WINDOW_MS } from '../../load/files/file-version';
import { encodedName } from '../../paths/encoded-name';
import type { ContentCoding } from '../../types';
import { isNotFoundError } from '../../util/fs-errors';
import type { Encoder } from '../../encode/encoders';

/** A file that has at least one stored encoding. */
export interface CompressedFile {
  /** The length of the original in bytes. */
  readonly size: number;
  /** The length in bytes for each coding: that of the original if the coding does not make it smaller. */
  readonly sizes: ReadonlyMap<ContentCoding, number>;
  /** Whether an encoding was written. If not, all of them were up to date. */
  readonly isNew: boolean;
}

/** Does not follow a link that has replaced the file since the directory was read. Windows lacks the flag. */
const NO_FOLLOW_FLAGS = process.platform === 'win32' ? READ_FLAGS : READ_FLAGS | constants.O_NOFOLLOW;

/**
 * Writes the encodings of a file beside it.
 *
 * @param minSize the size in bytes from which a file is compressed
 * @param signal aborts the compression
 * @returns null if the file is too small, or if no coding makes it smaller
 */
export async function compressFile(
  filename: string,
  minSize: number,
  encoders: readonly Encoder[],
  signal: AbortSignal,
): Promise<CompressedFile | null> {
  const source = await open(filename, NO_FOLLOW_FLAGS);
  try {
    const stats = await source.stat({ bigint: true });
    if (!stats.isFile() || stats.size < minSize) return null;
    const size = Number(stats.size);
    const sizes = new Map<ContentCoding, number>();
    let [isSmaller, isNew] = [false, false];
    for (const encoder of encoders) {
      const encoded = await writeEncoded({ filename, source, stats }, encoder, signal);
      sizes.set(encoder.coding, encoded.size ?? size);
      isSmaller ||= encoded.size !== null;
      isNew ||= encoded.isNew;
    }
    return isSmaller ? { size, sizes, isNew } : null;
  } finally {
    await source.close();
  }
}

/** An original that is open, and its `stat` from before it is read. */
interface Original {
  readonly filename: string;
  readonly source: FileHandle;
  readonly stats: BigIntStats;
}

interface EncodedFile {
  /** The length in bytes, or null if the coding does not make the file smaller. */
  readonly size: number | null;
  /** Whether it was written. If not, it was up to date, or it is not kept. */
  readonly isNew: boolean;
}

/**
 * Writes one encoding of a file beside it, with the mode and the modification time of the original. An
 * encoding that is up to date is left alone. One that is not smaller than the original is removed.
 */
async function writeEncoded(
  original: Original,
  { coding, createStream }: Encoder,
  signal: AbortSignal,
): Promise<EncodedFile> {
  const { filename, stats } = original;
  const target = encodedName(filename, coding);
  const former = await lstatIfExists(target);
  if (former?.isFile() === true && isUpToDate(former, stats)) {
    return { size: Number(former.size), isNew: false };
  }
  // A dotfile is not served, so that no client gets an incomplete file.
  const temporary = join(dirname(target), `.${basename(target).slice(0, 100)}.${randomUUID()}`);
  try {
    const size = await encodeTo(temporary, original, createStream, signal);
    if (size < stats.size) {
      await rename(temporary, target);
      return { size, isNew: true };
    }
    // The encoding of an earlier version would otherwise be served for this one.
    if (former !== null) await rm(target);
    return { size: null, isNew: false };
  } finally {
    await rm(temporary, { force: true });
  }
}

/** Writes the encoding to a new file, and resolves with its length in bytes. */
async function encodeTo(
  target: string,
  { source, stats }: Original,
  createStream: Encoder['createStream'],
  signal: AbortSignal,
): Promise<number> {
  const mode = Number(stats.mode) & 0o777;
  await pipeline(
    source.createReadStream({ start: 0, autoClose: false }),
    createStream(Number(stats.size), 'best'),
    createWriteStream(target, { flags: 'wx', mode }),
    { signal },
  );
  // The umask has removed bits from the mode of the new file.
  await chmod(target, mode);
  await copyMtime(stats, target);
  return (await stat(target)).size;
}

async function lstatIfExists(filename: string): Promise<BigIntStats | null> {
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
function isUpToDate(encoded: ModificationTime, original: ModificationTime): boolean {
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
