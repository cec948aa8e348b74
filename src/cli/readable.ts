import { closeSync, constants, opendirSync, openSync, type Stats } from 'node:fs';
import { stat } from 'node:fs/promises';
import { namesNoFile } from '../files/file-facts';

/** Windows has no such flag; elsewhere, opening what has become a FIFO would wait for ever. */
const READ_ONLY = constants.O_RDONLY | (process.platform === 'win32' ? 0 : constants.O_NONBLOCK);

/**
 * The file or folder that a name leads to. Null where there is none, or where it may not be read; also for a name
 * that is not UTF-8, which no link could lead to.
 */
export async function lookAtReadable(name: string): Promise<Stats | null> {
  try {
    const stats = await stat(name);
    if (stats.isDirectory()) opendirSync(name).closeSync();
    else if (stats.isFile()) closeSync(openSync(name, READ_ONLY));
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
