import { lookup } from 'mime-types';
import { extname } from 'node:path';

/** Types outside `text/`, `+json`, `+xml` and `+text` that shrink: text, code, and fonts that are stored as they are. */
const OTHERS = new Set([
  'application/ecmascript',
  'application/javascript',
  'application/json',
  'application/json5',
  'application/rtf',
  'application/sql',
  'application/toml',
  'application/vnd.ms-fontobject',
  'application/wasm',
  'application/x-javascript',
  'application/x-sh',
  'application/xml',
  'application/xml-dtd',
  'application/yaml',
  'font/collection',
  'font/otf',
  'font/sfnt',
  'font/ttf',
  'image/bmp',
  'image/x-icon',
]);

/** Whether a file shrinks when it is compressed, as its extension says. */
export function isText(filename: string): boolean {
  const type = lookup(extname(filename)) || '';
  return type.startsWith('text/') || /\+(?:json|xml|text)$/.test(type) || OTHERS.has(type);
}
