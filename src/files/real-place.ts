import { fstatSync, readlinkSync, realpathSync, statSync } from 'node:fs';
import { sep } from 'node:path';

/** A deploy may swap a link between two looks at it: only what is outside as often as this is outside. */
const ATTEMPTS = 3;

/** Whether a name leads, by whatever links, to a place below a folder. The folder's own name may be a link. */
export function leadsBelow(filename: string, folder: string): boolean {
  return isBelowAtLast(() => realPath(filename), folder);
}

/** The same of what is open, whatever its name leads to by now. */
export function isOpenBelow(descriptor: number, filename: string, folder: string): boolean {
  return isBelowAtLast(() => placeOfOpen(descriptor, filename), folder);
}

function isBelowAtLast(placeOf: () => string | null, folder: string): boolean {
  for (let attempt = 1; attempt <= ATTEMPTS; attempt++) {
    const [place, root] = [placeOf(), realPath(folder)];
    if (place !== null && root !== null && isBelow(place, root)) return true;
  }
  return false;
}

function isBelow(place: string, root: string): boolean {
  return place === root || place.startsWith(root.endsWith(sep) ? root : root + sep);
}

function realPath(name: string): string | null {
  try {
    return realpathSync.native(name);
  } catch {
    return null;
  }
}

/**
 * Linux tells where an open file is. Elsewhere it is where its name leads, as long as the same file is there;
 * who swaps links fast enough could deceive that.
 */
function placeOfOpen(descriptor: number, filename: string): string | null {
  try {
    return readlinkSync(`/proc/self/fd/${descriptor}`);
  } catch {
    const place = realPath(filename);
    return place !== null && isOpenAt(descriptor, place) ? place : null;
  }
}

function isOpenAt(descriptor: number, place: string): boolean {
  const open = fstatSync(descriptor, { bigint: true });
  const there = statSync(place, { bigint: true, throwIfNoEntry: false });
  return there?.ino === open.ino && there.dev === open.dev;
}
