import { constants } from 'node:fs';
import { open } from 'node:fs/promises';
import type { ContentCoding } from '../../http/content-coding';
import type { Encoder } from './encoders';
import { writeCoded } from './write-coded';

/** A file that is stored compressed now. */
export interface Compressed {
  readonly size: number;
  /** Bytes in each coding; as many as without one where that does not shrink it. */
  readonly sizes: ReadonlyMap<ContentCoding, number>;
  /** Whether anything had to be written. */
  readonly isNew: boolean;
}

/** A link could have been put in the place of a file since the folder was read. Windows has no such flag. */
const NO_LINK =
  constants.O_RDONLY | (process.platform === 'win32' ? 0 : constants.O_NOFOLLOW | constants.O_NONBLOCK);

/** Writes a file in all codings beside it. Null for one that is too small, or that no coding shrinks. */
export async function compressFile(
  filename: string,
  minSize: number,
  encoders: readonly Encoder[],
  signal: AbortSignal,
): Promise<Compressed | null> {
  const source = await open(filename, NO_LINK);
  try {
    const stats = await source.stat({ bigint: true });
    if (!stats.isFile() || stats.size < minSize) return null;
    const size = Number(stats.size);
    const sizes = new Map<ContentCoding, number>();
    let [isSmaller, isNew] = [false, false];
    for (const encoder of encoders) {
      const coded = await writeCoded({ filename, source, stats }, encoder, signal);
      sizes.set(encoder.coding, coded.size ?? size);
      isSmaller ||= coded.size !== null;
      isNew ||= coded.isNew;
    }
    return isSmaller ? { size, sizes, isNew } : null;
  } finally {
    await source.close();
  }
}
