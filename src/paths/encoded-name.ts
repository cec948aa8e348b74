import { CONTENT_CODINGS, type ContentCoding } from '../types';

const EXTENSIONS: Readonly<Record<ContentCoding, string>> = { br: '.br', zstd: '.zst', gzip: '.gz' };

/** The name of the stored encoding of a file: `app.js.br` for `app.js`. */
export function encodedName(filename: string, coding: ContentCoding): string {
  return filename + EXTENSIONS[coding];
}

/**
 * The name of the original of a stored encoding, or null for any other name. Case is ignored, because some file
 * systems ignore it: `secret.js.GZ` leads to `secret.js.gz`.
 */
export function originalName(filename: string): string | null {
  const name = filename.toLowerCase();
  const coding = CONTENT_CODINGS.find(
    (one) => name.endsWith(EXTENSIONS[one]) && name.length > EXTENSIONS[one].length,
  );
  return coding === undefined ? null : filename.slice(0, -EXTENSIONS[coding].length);
}
