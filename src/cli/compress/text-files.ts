import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { originalName } from '../../http/content-coding';
import { hasDotName } from '../../policy/dotfiles';
import { isText } from './text-types';

/**
 * The text files below a folder, without hidden ones, links, and files that are compressed themselves. A folder
 * that cannot be read is told of; its neighbours are gone through all the same.
 */
export async function textFiles(
  folder: string,
  onError: (place: string, error: unknown) => void,
): Promise<string[]> {
  const found: string[] = [];
  const folders = [folder];
  for (const place of folders) {
    try {
      for (const entry of await readdir(place, { withFileTypes: true })) {
        const path = join(place, entry.name);
        if (hasDotName(entry.name)) continue;
        if (entry.isDirectory()) folders.push(path);
        else if (entry.isFile() && isText(entry.name) && originalName(entry.name) === null) found.push(path);
      }
    } catch (error) {
      onError(place, error);
    }
  }
  return found;
}
