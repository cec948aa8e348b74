import { isAllowed } from '../access/is-allowed';
import type { Disk } from '../load/disk/disk';
import { Disks } from '../load/disk/disks';
import { isServable, linkTarget } from '../load/files/containment';
import type { CheckedOptions } from '../options/options';
import { hasDotName } from '../paths/dotfiles';
import type { FileLookup, SharedRequest } from '../types';
import type { MaybePromise } from '../util/maybe-promise';

/** What a middleware decides about the files below its exports. */
export interface ListingAccess {
  isAllowed(filename: string, lookup: FileLookup): MaybePromise<boolean>;
  hasExactName(filename: string, root: string): MaybePromise<boolean>;
}

/** Decides what a listing names: only what the middleware would serve. */
export class ListingPolicy {
  readonly #access: ListingAccess;
  readonly #options: CheckedOptions;
  /** A directory is never read on the event loop: it may have many entries. */
  readonly #disks: Disks;

  constructor(access: ListingAccess, options: CheckedOptions) {
    this.#access = access;
    this.#options = options;
    this.#disks = new Disks({ io: 'async', timeout: options.timeout });
  }

  /** Adds a directory or file that is exported. */
  addRoot(root: string): void {
    this.#disks.addRoot(root);
  }

  /** What a directory or file is on that is exported. */
  diskOf(root: string): Disk {
    return this.#disks.of(root);
  }

  isHidden(path: string): boolean {
    return this.#options.dotfiles !== 'allow' && hasDotName(path);
  }

  /** Whether a name leads to nothing that may not be served. */
  async isReachable(filename: string, root: string): Promise<boolean> {
    const { symlinks, dotfiles } = this.#options;
    if (symlinks !== 'inside') return true;
    return isServable(await linkTarget(this.diskOf(root), filename, root), dotfiles);
  }

  /** Whether the directory or file with a name below a root is found by this name. */
  hasExactName(filename: string, root: string): MaybePromise<boolean> {
    return this.#access.hasExactName(filename, root);
  }

  isFileAllowed(name: string, lookup: FileLookup): MaybePromise<boolean> {
    return isAllowed(this.#access, name, lookup);
  }

  /**
   * Whether a directory may be listed, apart from the directories above it. It is checked with and without a
   * slash at its end, because a pattern such as `drafts/` denies what is in the directory.
   *
   * @param lookup its path has no slash at its end
   */
  async isDirectoryAllowed(name: string, lookup: FileLookup & { readonly path: string }): Promise<boolean> {
    for (const path of [lookup.path, `${lookup.path}/`])
      if (!(await this.#access.isAllowed(name, { ...lookup, path }))) return false;
    return true;
  }

  /**
   * Whether a directory and all directories above it may be listed.
   *
   * @param below the path below the prefix: empty, or with a slash at its end
   */
  async isPathAllowed(prefix: string, below: string, request: SharedRequest): Promise<boolean> {
    const names = below.split('/').slice(0, -1);
    for (const [index, name] of names.entries()) {
      const path = names.slice(0, index + 1).join('/');
      if (!(await this.isDirectoryAllowed(name, { prefix, path, request }))) return false;
    }
    return true;
  }
}
