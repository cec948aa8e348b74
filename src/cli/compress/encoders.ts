import type { Transform } from 'node:stream';
import zlib, { constants } from 'node:zlib';
import type { ContentCoding } from '../../http/content-coding';

/** A content coding, and what writes it as small as it can for a file of so many bytes. */
export interface Encoder {
  readonly coding: ContentCoding;
  readonly encoder: (size: number) => Transform;
}

/** The part of Node's zlib that some versions lack, 22.15 being the first that has it. */
interface Zstd {
  readonly createZstdCompress?: (options: { params: Record<number, number> }) => Transform;
}

/** `ZSTD_c_compressionLevel` of zstd.h. */
const ZSTD_LEVEL = 100;

/** The highest level whose window is no larger than the 8 MiB that clients must take (RFC 9659 §3). */
const BEST_ZSTD = 19;

/** The codings that this version of Node can write. */
export function encoders({ createZstdCompress }: Zstd = zlib as Zstd): readonly Encoder[] {
  const all: Encoder[] = [
    { coding: 'br', encoder: brotli },
    { coding: 'gzip', encoder: () => zlib.createGzip({ level: constants.Z_BEST_COMPRESSION, memLevel: 9 }) },
  ];
  if (createZstdCompress === undefined) return all;
  return [
    ...all,
    { coding: 'zstd', encoder: () => createZstdCompress({ params: { [ZSTD_LEVEL]: BEST_ZSTD } }) },
  ];
}

function brotli(size: number): Transform {
  return zlib.createBrotliCompress({
    params: {
      [constants.BROTLI_PARAM_MODE]: constants.BROTLI_MODE_TEXT,
      [constants.BROTLI_PARAM_QUALITY]: constants.BROTLI_MAX_QUALITY,
      [constants.BROTLI_PARAM_LGWIN]: constants.BROTLI_MAX_WINDOW_BITS,
      // The parameter is a number of 32 bits.
      [constants.BROTLI_PARAM_SIZE_HINT]: Math.min(size, 2 ** 32 - 1),
    },
  });
}
