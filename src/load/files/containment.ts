import { fstatSync, readlinkSync, realpathSync, statSync } from 'node:fs';
import { sep } from 'node:path';

/**
 * A deployment may replace a link between two look-ups. Only a file that is outside this often counts as
 * outside.
 */
const ATTEMPTS = 3;

/**
 * Whether a name leads, through any links, to a file inside a directory. The directory itself may be a link.
 */
export function resolvesInside(filename: string, directory: string): boolean {
  return isInside(() => realPath(filename), directory);
}

/** Whether an open file is inside a directory, whatever its name leads to now. */
export function isOpenInside(descriptor: number, filename: string, directory: string): boolean {
  return isInside(() => descriptorPath(descriptor, filename), directory);
}

function isInside(pathOf: () => string | null, directory: string): boolean {
  for (let attempt = 1; attempt <= ATTEMPTS; attempt++) {
    const [path, root] = [pathOf(), realPath(directory)];
    if (path !== null && root !== null && isBelow(path, root)) return true;
  }
  return false;
}

function isBelow(path: string, root: string): boolean {
  return path === root || path.startsWith(root.endsWith(sep) ? root : root + sep);
}

function realPath(name: string): string | null {
  try {
    return realpathSync.native(name);
  } catch {
    return null;
  }
}

/**
 * The path of an open file. Linux knows it. Elsewhere it is the path that the name leads to, if the same file
 * is there; replacing links fast enough could defeat that.
 */
function descriptorPath(descriptor: number, filename: string): string | null {
  try {
    return readlinkSync(`/proc/self/fd/${descriptor}`);
  } catch {
    const path = realPath(filename);
    return path !== null && isOpenAt(descriptor, path) ? path : null;
  }
}

function isOpenAt(descriptor: number, path: string): boolean {
  const open = fstatSync(descriptor, { bigint: true });
  const there = statSync(path, { bigint: true, throwIfNoEntry: false });
  return there?.ino === open.ino && there.dev === open.dev;
}
