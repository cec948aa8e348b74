import type { Transform } from 'node:stream';
import zlib from 'node:zlib';

/** Creates a stream that makes a delta of a file of `size` bytes: a frame of zstd that needs a dictionary. */
export type DeltaEncoder = (dictionary: Uint8Array, size: number) => Transform;

interface ZstdOptions {
  readonly params?: Record<number, number>;
  readonly dictionary?: Uint8Array;
  readonly pledgedSrcSize?: number;
}

/** The zstd part of `node:zlib`, which Node has since 22.15. Dictionaries came later. */
interface Zstd {
  readonly createZstdCompress?: (options: ZstdOptions) => Transform;
  readonly zstdCompressSync?: (content: Uint8Array, options: ZstdOptions) => Uint8Array;
}

/** `ZSTD_c_compressionLevel` and `ZSTD_c_windowLog` of zstd.h. */
const [ZSTD_LEVEL, ZSTD_WINDOW_LOG] = [100, 101];

const MAX_ZSTD_LEVEL = 19;

/** The windows that clients must support: 8 MiB, or 1.25 times the dictionary, up to 128 MiB (RFC 9842 §5). */
const [MIN_WINDOW_LOG, MAX_WINDOW_LOG] = [23, 27];

const SAMPLE = Buffer.from('Node ignores options that it does not know.');

/**
 * Returns the encoder of deltas, or null if this version of Node has no zstd with dictionaries.
 *
 * @param zlib the module, which tests replace
 */
export function deltaEncoder(
  { createZstdCompress, zstdCompressSync }: Zstd = zlib as Zstd,
): DeltaEncoder | null {
  if (createZstdCompress === undefined || zstdCompressSync === undefined) return null;
  const withDictionary = zstdCompressSync(SAMPLE, { dictionary: SAMPLE });
  if (withDictionary.length >= zstdCompressSync(SAMPLE, {}).length) return null;
  return (dictionary, size) => {
    const params = { [ZSTD_LEVEL]: MAX_ZSTD_LEVEL, [ZSTD_WINDOW_LOG]: windowLog(dictionary.length, size) };
    return createZstdCompress({ params, dictionary, pledgedSrcSize: size });
  };
}

/**
 * The window for a file of `size` bytes. The dictionary is available as long as the window holds the output. A frame
 * that states its size and has a window for all of it needs a window of just that size (RFC 8878 §3.1.1.1.2);
 * others have a power of two.
 */
export function windowLog(dictionarySize: number, size: number): number {
  const max = Math.min(Math.max(2 ** MIN_WINDOW_LOG, 1.25 * dictionarySize), 2 ** MAX_WINDOW_LOG);
  const log = size <= max ? Math.ceil(Math.log2(size)) : Math.floor(Math.log2(max));
  return Math.max(log, MIN_WINDOW_LOG);
}
