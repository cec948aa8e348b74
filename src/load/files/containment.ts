import { fstatSync, readlinkSync, realpathSync, statSync } from 'node:fs';
import { dirname, sep } from 'node:path';
import { leadsToDotName } from '../../paths/dotfiles';
import type { Dotfiles } from '../../types';

/**
 * A deployment may replace a link between two look-ups. Only a file that is outside this often counts as
 * outside.
 */
const ATTEMPTS = 3;

/** Where a name leads, through any links: to a file inside a directory, to a dotfile inside it, or elsewhere. */
export type LinkTarget = 'inside' | 'dotfile' | 'outside';

/** Whether a file may be served that a name leads to. */
export function isServable(target: LinkTarget, dotfiles: Dotfiles | undefined): boolean {
  return target === 'inside' || (target === 'dotfile' && dotfiles === 'allow');
}

/** Where a name leads now. The directory itself may be a link. */
export function linkTarget(filename: string, directory: string): LinkTarget {
  return targetOf(() => realPath(filename), filename, directory);
}

/** Where a name led when the file was opened, whatever it leads to now. */
export function openTarget(descriptor: number, filename: string, directory: string): LinkTarget {
  return targetOf(() => descriptorPath(descriptor, filename), filename, directory);
}

/**
 * The innermost of the exported directories and files that contain a file, else the file's own directory. That
 * one may be behind a link that leads out of the export.
 */
export function innermostRoot(filename: string, roots: Iterable<string>): string {
  const containing = [...roots].filter((root) => filename === root || filename.startsWith(withSlash(root)));
  return containing.sort((one, other) => other.length - one.length)[0] ?? dirname(filename);
}

/** A path below a directory is joined to it with a slash, on Windows too. */
function withSlash(directory: string): string {
  return directory.endsWith('/') ? directory : `${directory}/`;
}

function targetOf(pathOf: () => string | null, filename: string, directory: string): LinkTarget {
  for (let attempt = 1; attempt <= ATTEMPTS; attempt++) {
    const [path, root] = [pathOf(), realPath(directory)];
    if (path === null || root === null || !isBelow(path, root)) continue;
    const isDotfile = leadsToDotName(filename.slice(directory.length), path.slice(root.length));
    return isDotfile ? 'dotfile' : 'inside';
  }
  return 'outside';
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
