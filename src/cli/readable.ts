import { closeSync, opendirSync, type Stats } from 'node:fs';
import { stat } from 'node:fs/promises';
import { namesNoFile } from '../files/file-facts';
import { openToRead } from '../files/open-to-read';

/**
 * The file or folder that a name leads to. Null where there is none, or where it may not be read; also for a name
 * that is not UTF-8, which no link could lead to.
 */
export async function lookAtReadable(name: string): Promise<Stats | null> {
  try {
    const stats = await stat(name);
    if (stats.isDirectory()) opendirSync(name).closeSync();
    else if (stats.isFile()) closeSync(openToRead(name));
    else return null;
    return stats;
  } catch (error) {
    if (namesNoFile(error) || isForbidden(error)) return null;
    throw error;
  }
}

function isForbidden(error: unknown): boolean {
  const { code } = error as NodeJS.ErrnoException;
  return code === 'EACCES' || code === 'EPERM';
}
