import type { Transform } from 'node:stream';
import zlib, { constants } from 'node:zlib';
import type { ContentCoding } from '../../types';

/** A content coding that files can be written in. */
export interface Encoder {
  readonly coding: ContentCoding;
  /** Creates a stream that compresses a file of `size` bytes as much as possible. */
  readonly createStream: (size: number) => Transform;
}

/** The zstd part of `node:zlib`, which Node has since 22.15. */
interface Zstd {
  readonly createZstdCompress?: (options: { params: Record<number, number> }) => Transform;
}

/** `ZSTD_c_compressionLevel` of zstd.h. */
const ZSTD_LEVEL = 100;

/** The highest level whose window is at most 8 MiB, which is all that clients must support (RFC 9659 §3). */
const MAX_ZSTD_LEVEL = 19;

/**
 * Returns the encoders that this version of Node has.
 *
 * @param zlib the module, which tests replace
 */
export function encoders({ createZstdCompress }: Zstd = zlib as Zstd): readonly Encoder[] {
  const all: Encoder[] = [
    { coding: 'br', createStream: brotli },
    {
      coding: 'gzip',
      createStream: () => zlib.createGzip({ level: constants.Z_BEST_COMPRESSION, memLevel: 9 }),
    },
  ];
  if (createZstdCompress === undefined) return all;
  return [
    ...all,
    {
      coding: 'zstd',
      createStream: () => createZstdCompress({ params: { [ZSTD_LEVEL]: MAX_ZSTD_LEVEL } }),
    },
  ];
}

function brotli(size: number): Transform {
  return zlib.createBrotliCompress({
    params: {
      [constants.BROTLI_PARAM_MODE]: constants.BROTLI_MODE_TEXT,
      [constants.BROTLI_PARAM_QUALITY]: constants.BROTLI_MAX_QUALITY,
      [constants.BROTLI_PARAM_LGWIN]: constants.BROTLI_MAX_WINDOW_BITS,
      // The parameter is a 32-bit integer.
      [constants.BROTLI_PARAM_SIZE_HINT]: Math.min(size, 2 ** 32 - 1),
    },
  });
}
