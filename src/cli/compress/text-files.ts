import { readdir } from 'node:fs/promises';
import { extname, join } from 'node:path';
import { lookup } from 'mime-types';
import { hasDotName } from '../../paths/dotfiles';
import { originalName } from '../../paths/encoded-name';

/**
 * Finds the text files below a directory, except dotfiles, links and stored encodings.
 *
 * @param onError is called for each directory that cannot be read; the search then continues
 * @returns the paths of the files, each starting with `directory`
 */
export async function findTextFiles(
  directory: string,
  onError: (path: string, error: unknown) => void,
): Promise<string[]> {
  const files: string[] = [];
  const directories = [directory];
  for (const parent of directories) {
    try {
      for (const entry of await readdir(parent, { withFileTypes: true })) {
        const path = join(parent, entry.name);
        if (hasDotName(entry.name)) continue;
        if (entry.isDirectory()) directories.push(path);
        else if (entry.isFile() && isCompressible(entry.name) && originalName(entry.name) === null)
          files.push(path);
      }
    } catch (error) {
      onError(parent, error);
    }
  }
  return files;
}

/** Compressible types besides `text/*`, `+json`, `+xml` and `+text`: text, code, and raw fonts and images. */
const COMPRESSIBLE_TYPES = new Set([
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

/** Whether compression is likely to make a file smaller, judging by its extension. */
function isCompressible(filename: string): boolean {
  const type = lookup(extname(filename)) || '';
  return type.startsWith('text/') || /\+(?:json|xml|text)$/.test(type) || COMPRESSIBLE_TYPES.has(type);
}
