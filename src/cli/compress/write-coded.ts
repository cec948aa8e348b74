import { randomUUID } from 'node:crypto';
import { createWriteStream, type BigIntStats } from 'node:fs';
import { chmod, lstat, rename, rm, stat, type FileHandle } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { namesNoFile } from '../../files/file-facts';
import { extensionOf } from '../../http/content-coding';
import type { Encoder } from './encoders';
import { giveTimeOf, hasTimeOf } from './time-of-original';

/** An original that is open, and the look at it from before it is read. */
export interface Original {
  readonly filename: string;
  readonly source: FileHandle;
  readonly stats: BigIntStats;
}

/** How many bytes a file has in a coding, or null where it does not shrink; and whether that was written now. */
export interface Coded {
  readonly size: number | null;
  readonly isNew: boolean;
}

/**
 * Writes a file in a coding beside it, with its mode and its time. What has that time already stays as it is; what
 * does not shrink is not kept.
 */
export async function writeCoded(
  original: Original,
  { coding, encoder }: Encoder,
  signal: AbortSignal,
): Promise<Coded> {
  const { filename, stats } = original;
  const target = filename + extensionOf(coding);
  const former = await lookAt(target);
  if (former?.isFile() === true && hasTimeOf(former, stats)) {
    return { size: Number(former.size), isNew: false };
  }
  // A hidden name: nobody is to get a file that is half written.
  const temporary = join(dirname(target), `.${basename(target).slice(0, 100)}.${randomUUID()}`);
  try {
    const size = await encode(original, encoder, temporary, signal);
    if (size < stats.size) {
      await rename(temporary, target);
      return { size, isNew: true };
    }
    // A coding of a former content must not be taken for one of this.
    if (former !== null) await rm(target);
    return { size: null, isNew: false };
  } finally {
    await rm(temporary, { force: true });
  }
}

async function encode(
  { source, stats }: Original,
  encoder: Encoder['encoder'],
  temporary: string,
  signal: AbortSignal,
): Promise<number> {
  const mode = Number(stats.mode) & 0o777;
  await pipeline(
    source.createReadStream({ start: 0, autoClose: false }),
    encoder(Number(stats.size)),
    createWriteStream(temporary, { flags: 'wx', mode }),
    { signal },
  );
  // The mode of a new file is what the umask leaves of it.
  await chmod(temporary, mode);
  await giveTimeOf(stats, temporary);
  return (await stat(temporary)).size;
}

async function lookAt(filename: string): Promise<BigIntStats | null> {
  try {
    return await lstat(filename, { bigint: true });
  } catch (error) {
    if (namesNoFile(error)) return null;
    throw error;
  }
}
