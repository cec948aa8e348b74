import { constants } from 'node:fs';
import { open, rm } from 'node:fs/promises';
import { READ_FLAGS } from '../../load/disk/operations';
import { encodedName } from '../../paths/encoded-name';
import type { ContentCoding } from '../../types';
import { writeDeltas, type DeltaFile, type DeltaSettings } from './deltas';
import type { Encoder } from '../../encode/encoders';
import type { TextFile } from './text-files';
import { isUpToDate, lstatIfExists, writeTemporary, type Original } from './write-encoded';

/** A file that has at least one stored encoding or delta. */
export interface CompressedFile {
  /** The length of the original in bytes. */
  readonly size: number;
  /** The length in bytes for each coding: that of the original if the coding does not make it smaller. */
  readonly sizes: ReadonlyMap<ContentCoding, number>;
  readonly deltas: readonly DeltaFile[];
  /** Whether an encoding or a delta was written. If not, all of them were up to date. */
  readonly isNew: boolean;
}

/** What is written beside files. */
export interface CompressSettings {
  /** The size in bytes from which a file is compressed. */
  readonly minSize: number;
  readonly encoders: readonly Encoder[];
  /** Undefined for no deltas. */
  readonly deltas: DeltaSettings | undefined;
  /** Aborts the compression. */
  readonly signal: AbortSignal;
}

/** Does not follow a link that has replaced the file since the directory was read. Windows lacks the flag. */
const NO_FOLLOW_FLAGS = process.platform === 'win32' ? READ_FLAGS : READ_FLAGS | constants.O_NOFOLLOW;

/**
 * Writes the encodings and deltas of a file beside it.
 *
 * @returns null if the file is too small, or if nothing makes it smaller
 */
export async function compressFile(
  { path: filename, deltas: formerDeltas }: TextFile,
  { minSize, encoders, deltas: deltaSettings, signal }: CompressSettings,
): Promise<CompressedFile | null> {
  const source = await open(filename, NO_FOLLOW_FLAGS);
  try {
    const stats = await source.stat({ bigint: true });
    if (!stats.isFile() || stats.size < minSize) return null;
    const size = Number(stats.size);
    const original = { filename, source, stats };
    const sizes = new Map<ContentCoding, number>();
    let [isSmaller, isNew] = [false, false];
    for (const encoder of encoders) {
      const encoded = await writeEncoded(original, encoder, signal);
      sizes.set(encoder.coding, encoded.size ?? size);
      isSmaller ||= encoded.size !== null;
      isNew ||= encoded.isNew;
    }
    await removeStale(formerDeltas, original);
    const smallest = Math.min(size, ...sizes.values());
    const deltas =
      deltaSettings === undefined ? [] : await writeDeltas(original, smallest, deltaSettings, signal);
    isNew ||= deltas.some((delta) => delta.isNew);
    return isSmaller || deltas.length > 0 ? { size, sizes, deltas, isNew } : null;
  } finally {
    await source.close();
  }
}

interface EncodedFile {
  /** The length in bytes, or null if the coding does not make the file smaller. */
  readonly size: number | null;
  /** Whether it was written. If not, it was up to date, or it is not kept. */
  readonly isNew: boolean;
}

/**
 * Writes one encoding of a file beside it. An encoding that is up to date is left alone. One that is not smaller
 * than the original is removed.
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
  const temporary = await writeTemporary(target, original, createStream(Number(stats.size), 'best'), signal);
  try {
    if (temporary.size < stats.size) {
      await temporary.keep();
      return { size: temporary.size, isNew: true };
    }
    // The encoding of an earlier version would otherwise be served for this one.
    if (former !== null) await rm(target);
    return { size: null, isNew: false };
  } finally {
    await temporary.discard();
  }
}

/** Removes the deltas of other versions, which would otherwise be served for this one. */
async function removeStale(deltas: readonly string[], { stats }: Original): Promise<void> {
  for (const delta of deltas) {
    const former = await lstatIfExists(delta);
    if (former !== null && !isUpToDate(former, stats)) await rm(delta);
  }
}
