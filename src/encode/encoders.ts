import type { Transform } from 'node:stream';
import zlib, { constants } from 'node:zlib';
import type { ContentCoding } from '../types';

/** How much time a compression may take: `quick` is some milliseconds for 100 KB, `best` is the smallest result. */
export type Effort = 'quick' | 'best';

/** A content coding that files can be written in. */
export interface Encoder {
  readonly coding: ContentCoding;
  /** Creates a stream that compresses a file of `size` bytes. */
  readonly createStream: (size: number, effort: Effort) => Transform;
}

/** The zstd part of `node:zlib`, which Node has since 22.15. */
interface Zstd {
  readonly createZstdCompress?: (options: { params: Record<number, number> }) => Transform;
}

const BROTLI_QUALITY = { quick: 5, best: constants.BROTLI_MAX_QUALITY };

const GZIP_LEVEL = { quick: 6, best: constants.Z_BEST_COMPRESSION };

/** The best level is the highest whose window is at most 8 MiB, which all clients must support (RFC 9659 §3). */
const ZSTD_LEVEL = { quick: 3, best: 19 };

/** `ZSTD_c_compressionLevel` of zstd.h. */
const ZSTD_LEVEL_PARAMETER = 100;

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
      createStream: (_size, effort) => zlib.createGzip({ level: GZIP_LEVEL[effort], memLevel: 9 }),
    },
  ];
  if (createZstdCompress === undefined) return all;
  return [
    ...all,
    {
      coding: 'zstd',
      createStream: (_size, effort) =>
        createZstdCompress({ params: { [ZSTD_LEVEL_PARAMETER]: ZSTD_LEVEL[effort] } }),
    },
  ];
}

function brotli(size: number, effort: Effort): Transform {
  return zlib.createBrotliCompress({
    params: {
      [constants.BROTLI_PARAM_MODE]: constants.BROTLI_MODE_TEXT,
      [constants.BROTLI_PARAM_QUALITY]: BROTLI_QUALITY[effort],
      [constants.BROTLI_PARAM_LGWIN]: constants.BROTLI_MAX_WINDOW_BITS,
      // The parameter is a 32-bit integer.
      [constants.BROTLI_PARAM_SIZE_HINT]: Math.min(size, 2 ** 32 - 1),
    },
  });
}
