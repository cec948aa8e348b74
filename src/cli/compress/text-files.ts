import type { Dirent } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { extname, join } from 'node:path';
import { lookup } from 'mime-types';
import { hasDotName } from '../../paths/dotfiles';
import { originalName } from '../../paths/encoded-name';

/** A file that is worth compressing. */
export interface TextFile {
  /** Its path, which starts with that of the directory that was searched. */
  readonly path: string;
  /** The paths of the deltas of zstd that are stored beside it. */
  readonly deltas: readonly string[];
}

/**
 * Finds the text files below a directory, except dotfiles, links and stored encodings.
 *
 * @param onError is called for each directory that cannot be read; the search then continues
 */
export async function findTextFiles(
  directory: string,
  onError: (path: string, error: unknown) => void,
): Promise<TextFile[]> {
  const files: TextFile[] = [];
  const directories = [directory];
  for (const parent of directories) {
    try {
      const entries = await readdir(parent, { withFileTypes: true });
      const deltas = deltasIn(parent, entries);
      for (const entry of entries) {
        const path = join(parent, entry.name);
        if (hasDotName(entry.name)) continue;
        if (entry.isDirectory()) directories.push(path);
        else if (entry.isFile() && isCompressible(entry.name) && originalName(entry.name) === null)
          files.push({ path, deltas: deltas.get(entry.name) ?? [] });
      }
    } catch (error) {
      onError(parent, error);
    }
  }
  return files;
}

/** The paths of deltas by the names of their originals. */
function deltasIn(directory: string, entries: readonly Dirent[]): Map<string, string[]> {
  const deltas = new Map<string, string[]>();
  for (const { name } of entries) {
    const original = name.endsWith('.dcz') ? originalName(name) : null;
    if (original === null) continue;
    deltas.set(original, [...(deltas.get(original) ?? []), join(directory, name)]);
  }
  return deltas;
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
