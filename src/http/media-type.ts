import { lookup } from 'mime-types';
import { extname } from 'node:path';

/** Types outside `text/` and `+xml` to which Werkzeug adds the charset UTF-8. */
const TEXTUAL = new Set([
  'application/ecmascript',
  'application/javascript',
  'application/sql',
  'application/xml',
  'application/xml-dtd',
  'application/xml-external-parsed-entity',
]);

/**
 * The Content-Type of a file by its extension, or `fallback`. Text types get the charset UTF-8 (RFC 9110
 * §8.3).
 */
export function contentType(filename: string, fallback: string): string {
  const extension = extname(filename);
  const mediaType = (extension.length > 1 && lookup(extension)) || fallback;
  return withCharset(mediaType);
}

/** A media type with the charset UTF-8 if it is a text type without one. */
export function withCharset(mediaType: string): string {
  return isText(mediaType) ? `${mediaType}; charset=utf-8` : mediaType;
}

/** False for a type that already has parameters: a given charset is kept. */
function isText(mediaType: string): boolean {
  if (mediaType.includes(';')) return false;
  return mediaType.startsWith('text/') || mediaType.endsWith('+xml') || TEXTUAL.has(mediaType);
}
