import { CONTENT_CODINGS, type ContentCoding, type DictionaryCoding } from '../types';

const EXTENSIONS: Readonly<Record<ContentCoding, string>> = { br: '.br', zstd: '.zst', gzip: '.gz' };

/** The name of the stored encoding of a file: `app.js.br` for `app.js`. */
export function encodedName(filename: string, coding: ContentCoding): string {
  return filename + EXTENSIONS[coding];
}

const DELTA_EXTENSION = /\.[\da-f]{16}\.dc[bz]$/;

/**
 * The name of the stored delta of a file: `app.js.0123456789abcdef.dcz` for `app.js`.
 *
 * @param dictionary the first 16 hexadecimal digits of the SHA-256 of the dictionary
 */
export function deltaName(filename: string, coding: DictionaryCoding, dictionary: string): string {
  return `${filename}.${dictionary}.${coding}`;
}

/**
 * The name of the original of a stored encoding or delta, or null for any other name. Case is ignored, because some file
 * systems ignore it: `secret.js.GZ` leads to `secret.js.gz`.
 */
export function originalName(filename: string): string | null {
  const name = filename.toLowerCase();
  const coding = CONTENT_CODINGS.find((one) => name.endsWith(EXTENSIONS[one]));
  const length = coding === undefined ? deltaExtensionLength(name) : EXTENSIONS[coding].length;
  return length === 0 || length === name.length ? null : filename.slice(0, -length);
}

/** Called for each request. Most names end otherwise, for which the comparison is faster. */
function deltaExtensionLength(name: string): number {
  if (!name.endsWith('.dcz') && !name.endsWith('.dcb')) return 0;
  return DELTA_EXTENSION.exec(name)?.[0].length ?? 0;
}
