import { CONTENT_CODINGS, type ContentCoding } from '../types';

const EXTENSIONS: Readonly<Record<ContentCoding, string>> = { br: '.br', zstd: '.zst', gzip: '.gz' };

/** The name of the stored encoding of a file: `app.js.br` for `app.js`. */
export function encodedName(filename: string, coding: ContentCoding): string {
  return filename + EXTENSIONS[coding];
}

/** The name of the original of a stored encoding, or null for any other name. */
export function originalName(filename: string): string | null {
  const coding = CONTENT_CODINGS.find(
    (one) => filename.endsWith(EXTENSIONS[one]) && filename.length > EXTENSIONS[one].length,
  );
  return coding === undefined ? null : filename.slice(0, -EXTENSIONS[coding].length);
}
