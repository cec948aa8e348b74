import type { ContentCoding, DictionaryCoding } from '../types';

const EXTENSIONS: Readonly<Record<ContentCoding, string>> = { br: '.br', zstd: '.zst', gzip: '.gz' };

/** The name of the stored encoding of a file: `app.js.br` for `app.js`. */
export function encodedName(filename: string, coding: ContentCoding): string {
  return filename + EXTENSIONS[coding];
}

/**
 * The name of the stored delta of a file: `app.js.0123456789abcdef.dcz` for `app.js`.
 *
 * @param dictionary the first 16 hexadecimal digits of the SHA-256 of the dictionary
 */
export function deltaName(filename: string, coding: DictionaryCoding, dictionary: string): string {
  return `${filename}.${dictionary}.${coding}`;
}

const ENCODED = /\.(?:br|zst|gz|[\da-f]{16}\.dc[bz])$/i;

/**
 * The name of the original of a stored encoding or delta, or null for any other name. Case is ignored, because some file
 * systems ignore it: `secret.js.GZ` leads to `secret.js.gz`.
 */
export function originalName(filename: string): string | null {
  const end = filename.search(ENCODED);
  return end > 0 ? filename.slice(0, end) : null;
}
