import { readlinkSync } from 'node:fs';
import { dirname, sep } from 'node:path';
import { leadsToDotName } from '../../paths/dotfiles';
import type { Dotfiles } from '../../types';
import { isSystemError } from '../../util/fs-errors';
import { andThen, orElse, type MaybePromise } from '../../util/maybe-promise';
import type { Disk } from '../disk/disk';

/**
 * A deployment may replace a link between two look-ups. Only a file that is outside this often counts as
 * outside.
 */
const ATTEMPTS = 3;

/** Where a name leads, through any links: to a file inside a directory, to a dotfile inside it, or elsewhere. */
export type LinkTarget = 'inside' | 'dotfile' | 'outside';

/** The operations that tell where a name leads. */
export type LinkReader = Pick<Disk, 'realpath' | 'fstat' | 'stat'>;

/** Whether a file may be served that a name leads to. */
export function isServable(target: LinkTarget, dotfiles: Dotfiles | undefined): boolean {
  return target === 'inside' || (target === 'dotfile' && dotfiles === 'allow');
}

/** Where a name leads now. The directory itself may be a link. */
export function linkTarget(disk: LinkReader, filename: string, directory: string): MaybePromise<LinkTarget> {
  return targetOf(disk, () => realPath(disk, filename), filename, directory);
}

/** Where a name led when the file was opened, whatever it leads to now. */
export function openTarget(
  disk: LinkReader,
  descriptor: number,
  filename: string,
  directory: string,
): MaybePromise<LinkTarget> {
  return targetOf(disk, () => descriptorPath(disk, descriptor, filename), filename, directory);
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

function targetOf(
  disk: LinkReader,
  pathOf: () => MaybePromise<string | null>,
  filename: string,
  directory: string,
  attempt = 1,
): MaybePromise<LinkTarget> {
  return andThen(pathOf(), (path) =>
    andThen(realPath(disk, directory), (root) => {
      if (path !== null && root !== null && isBelow(path, root)) {
        const isDotfile = leadsToDotName(filename.slice(directory.length), path.slice(root.length));
        return isDotfile ? 'dotfile' : 'inside';
      }
      return attempt === ATTEMPTS ? 'outside' : targetOf(disk, pathOf, filename, directory, attempt + 1);
    }),
  );
}

function isBelow(path: string, root: string): boolean {
  return path === root || path.startsWith(root.endsWith(sep) ? root : root + sep);
}

/** Null if there is no path, but not if the disk does not respond. */
function realPath(disk: LinkReader, name: string): MaybePromise<string | null> {
  return orElse<string | null>(
    () => disk.realpath(name),
    (error) => {
      if (!isSystemError(error)) throw error;
      return null;
    },
  );
}

/**
 * The path of an open file. Linux knows it, without using the disk. Elsewhere it is the path that the name leads
 * to, if the same file is there; replacing links fast enough could defeat that.
 */
function descriptorPath(disk: LinkReader, descriptor: number, filename: string): MaybePromise<string | null> {
  try {
    return readlinkSync(`/proc/self/fd/${descriptor}`);
  } catch {
    return andThen(realPath(disk, filename), (path) =>
      path === null ? null : andThen(isOpenAt(disk, descriptor, path), (isOpen) => (isOpen ? path : null)),
    );
  }
}

function isOpenAt(disk: LinkReader, descriptor: number, path: string): MaybePromise<boolean> {
  return andThen(disk.fstat(descriptor), (open) =>
    andThen(disk.stat(path), (there) => there?.ino === open.ino && there.dev === open.dev),
  );
}
