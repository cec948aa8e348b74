import { isImmutable } from '../../http/cache-control';
import { dotfileError } from '../../paths/dotfiles';
import type { Dotfiles } from '../../types';
import { andThen, isPromise, type MaybePromise } from '../../util/maybe-promise';
import { SharedTasks } from '../../util/shared-tasks';
import type { Disk } from '../disk/disk';
import type { Disks } from '../disk/disks';
import { isServable, linkTarget, openTarget, type LinkTarget } from './containment';
import { ExactNames, type VerifiedFiles } from './exact-names';
import { fileVersion, versionOf, type FileVersion } from './file-version';
import { LookupMemo } from './lookup-memo';
import { RecentLookups } from './recent-lookups';
import type { Rested } from './rested';

/** The settings of a {@link Lookup}. */
export interface LookupOptions {
  /** Whether a file is found only by the name that its directory lists, or by any that the file system knows. */
  readonly names: 'exact' | 'any';
  /** Whether symbolic links may lead anywhere, or only to files inside the `root` of a request. */
  readonly symlinks: 'follow' | 'inside';
  /** Whether links that must stay inside may lead to dotfiles. */
  readonly dotfiles: Dotfiles;
  /** Which files never change under their name. They are looked up once a second. */
  readonly immutable: RegExp | ((path: string) => boolean) | undefined;
}

/**
 * Looks up files by their names: which version there is, whether the name is exact, and whether it leads out of
 * what is exported.
 */
export class Lookup {
  readonly #disks: Disks;
  readonly #names: ExactNames | undefined;
  readonly #symlinks: 'follow' | 'inside';
  readonly #dotfiles: Dotfiles;
  readonly #pending = new SharedTasks<FileVersion | null>();
  readonly #recent: RecentLookups | undefined;
  readonly #memo = new LookupMemo((filename, root) => this.#lookUp(filename, root));

  constructor(
    { names, symlinks, dotfiles, immutable }: LookupOptions,
    disks: Disks,
    rested: Rested,
    verified: VerifiedFiles,
  ) {
    this.#disks = disks;
    this.#names = names === 'exact' ? new ExactNames(disks, rested, verified) : undefined;
    this.#symlinks = symlinks;
    this.#dotfiles = dotfiles;
    this.#recent = immutable && new RecentLookups((path) => isImmutable(immutable, path));
  }

  /** Starts a request, see {@link LookupMemo.begin}. */
  begin(connection: object | undefined): void {
    this.#memo.begin(connection);
  }

  /** Ends the sharing of all results so far. */
  forget(): void {
    this.#memo.forget();
  }

  /** The current version of the regular file with a name, or null if there is none that may be served. */
  version(filename: string, root: string): MaybePromise<FileVersion | null> {
    return this.#recent?.get(filename, root) ?? this.#memo.get(filename, root);
  }

  /** Whether a directory or file below a root is found by an exact name. */
  hasExactName(filename: string, root: string): MaybePromise<boolean> {
    return andThen(this.#disks.of(root).stat(filename), (stats) => {
      if (stats === undefined) return false;
      return filename === root || (this.#names?.isExact(filename, root, versionOf(stats)) ?? true);
    });
  }

  /** Whether a file that was opened by a name may be served. A link may have been replaced since the look-up. */
  mayServeOpened(descriptor: number, filename: string, root: string): MaybePromise<boolean> {
    if (this.#mayEscapeRoot(filename, root)) return true;
    return andThen(openTarget(this.#disks.of(root), descriptor, filename, root), (target) =>
      this.#mayLeadTo(target),
    );
  }

  #lookUp(filename: string, root: string): MaybePromise<FileVersion | null> {
    const found = this.#lookUpNow(filename, root);
    return this.#recent === undefined
      ? found
      : andThen(found, (version) => this.#keep(filename, root, version));
  }

  #keep(filename: string, root: string, version: FileVersion | null): FileVersion | null {
    if (version !== null) this.#recent?.add(filename, root, version);
    return version;
  }

  #lookUpNow(filename: string, root: string): MaybePromise<FileVersion | null> {
    const disk = this.#disks.of(root);
    if (!disk.usesPool) return this.#find(disk, filename, root);
    return this.#pending.run(`${root}\0${filename}`, async () => this.#find(disk, filename, root));
  }

  #find(disk: Disk, filename: string, root: string): MaybePromise<FileVersion | null> {
    const stats = disk.stat(filename);
    return isPromise(stats)
      ? stats.then((later) => this.#servable(disk, fileVersion(later), filename, root))
      : this.#servable(disk, fileVersion(stats), filename, root);
  }

  /** A version that was found, or null if it may not be served by this name. */
  #servable(
    disk: Disk,
    version: FileVersion | null,
    filename: string,
    root: string,
  ): MaybePromise<FileVersion | null> {
    if (version === null || filename === root) return version;
    const isExact = this.#names === undefined || this.#names.isExact(filename, root, version);
    if (isExact === true && this.#symlinks === 'follow') return version;
    return andThen(isExact, (exact) => {
      if (!exact || this.#mayEscapeRoot(filename, root)) return exact ? version : null;
      return andThen(linkTarget(disk, filename, root), (target) =>
        this.#mayLeadTo(target) ? version : null,
      );
    });
  }

  /** A file that is exported by its own name may be a link to anywhere. */
  #mayEscapeRoot(filename: string, root: string): boolean {
    return this.#symlinks === 'follow' || filename === root;
  }

  /** @throws an error with the status 403 for a dotfile with `dotfiles: 'deny'` */
  #mayLeadTo(target: LinkTarget): boolean {
    if (target === 'dotfile' && this.#dotfiles === 'deny') throw dotfileError();
    return isServable(target, this.#dotfiles);
  }
}
