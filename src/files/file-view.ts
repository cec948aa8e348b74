import { closeSync } from 'node:fs';
import { LRUCache } from 'lru-cache';
import { andThen, isPromise, type MaybePromise } from '../maybe-promise';
import { ContentTags } from './content-tags';
import { DiskFile, type DiskVersion } from './disk-file';
import { hadRested, isSameVersion, look, lookAtOpen, modifiedAt, type FileFacts } from './file-facts';
import { HandedOffFile } from './handed-off-file';
import { MemoryFile } from './memory-file';
import { openToRead } from './open-to-read';
import type { OpenedFile } from './opened-file';
import { readAtOnce, readFully } from './read-fully';
import { isOpenBelow, leadsBelow } from './real-place';
import { entityTagOf } from './validator';

/** What is kept of a file: its facts, and the content if it is small and wanted. */
interface Remembered {
  readonly facts: FileFacts;
  readonly kept: MemoryFile | DiskVersion | 'asked for once';
}

/** A file takes at most this part of the memory, so that a few large ones do not drive all others out. */
const LARGEST_PART = 16;

/** What an entry takes beside its content, in bytes; roughly. */
const ENTRY_OVERHEAD = 1024;

/**
 * A file of so many bytes is read without leaving it to another thread, which takes ten times as long. It happens
 * once a version, right after a look at the same file has waited for the same disk.
 */
const AT_ONCE = 64 * 1024;

/** How often a file that changes while it is read is read again before what was read is taken as it is. */
const ATTEMPTS = 3;

/**
 * One consistent view of the files below the exports: each answer comes from one version of a file. The content
 * of small files is kept and used again as long as a fresh look says that the file is still the same.
 */
export class FileView {
  readonly #largest: number;
  readonly #links: 'follow' | 'inside';
  readonly #contentTags: ContentTags | undefined;
  readonly #remembered: LRUCache<string, Remembered> | undefined;
  readonly #glances = new Map<string, FileFacts | null>();

  /**
   * @param memoryLimit bytes of content that are kept; 0 keeps none
   * @param links whether symbolic links may lead anywhere, or no further than the `root` that a file is asked for with
   * @param etags what the entity tags of files are made of that are not kept in memory
   */
  constructor(
    memoryLimit: number,
    links: 'follow' | 'inside' = 'follow',
    etags: 'version' | 'content' = 'version',
  ) {
    this.#links = links;
    this.#contentTags = etags === 'content' ? new ContentTags() : undefined;
    this.#largest = Math.floor(memoryLimit / LARGEST_PART);
    this.#remembered = memoryLimit === 0 ? undefined : new LRUCache({ maxSize: memoryLimit });
  }

  /** Whether a name leads to a regular file now. */
  isFile(filename: string, root: string): boolean {
    return this.#find(filename, root) !== null;
  }

  /** Whether a name leads to a regular file that is no older than another. */
  isNoOlder(filename: string, than: string, root: string): boolean {
    const [one, other] = [this.#find(filename, root), this.#find(than, root)];
    return one !== null && other !== null && one.mtimeNs >= other.mtimeNs;
  }

  /** What a name leads to now, for a proxy that is to send it. Throws ENOENT where that is no regular file. */
  handOff(filename: string, root: string, location: string): HandedOffFile {
    const facts = this.#find(filename, root);
    if (facts === null) throw noFile(filename);
    return new HandedOffFile(facts, location);
  }

  /** The version that a name leads to now. Throws ENOENT where that is no regular file. */
  open(filename: string, root: string): MaybePromise<OpenedFile> {
    const facts = this.#find(filename, root);
    if (facts === null) throw noFile(filename);
    const remembered = this.#remembered?.get(filename);
    const isSame = remembered !== undefined && isSameVersion(remembered.facts, facts);
    return isSame && remembered.kept instanceof MemoryFile ? remembered.kept : this.#load(filename, root);
  }

  #find(filename: string, root: string): FileFacts | null {
    return this.#isFree(filename, root) || leadsBelow(filename, root) ? this.#look(filename) : null;
  }

  /** What is exported by its own name may be a link to anywhere. */
  #isFree(filename: string, root: string): boolean {
    return this.#links === 'follow' || filename === root;
  }

  /** A loader looks and the opener looks again: within one turn of the event loop they share a look. */
  #look(filename: string): FileFacts | null {
    const seen = this.#glances.get(filename);
    if (seen !== undefined) return seen;
    if (this.#glances.size === 0) {
      setImmediate(() => {
        this.#glances.clear();
      });
    }
    const facts = look(filename);
    this.#glances.set(filename, facts);
    return facts;
  }

  /** Opening is as quick as a look, and is done at once. */
  #load(filename: string, root: string): MaybePromise<OpenedFile> {
    const descriptor = openToRead(filename);
    let file: MaybePromise<OpenedFile> | undefined;
    try {
      const facts = lookAtOpen(descriptor);
      // A link may have been swapped since it was looked at: what counts is what was opened.
      const isThere = this.#isFree(filename, root) || isOpenBelow(descriptor, filename, root);
      if (facts === null || !isThere) throw noFile(filename);
      const isLarge = facts.size > this.#largest;
      file = isLarge
        ? new DiskFile(descriptor, this.#versionOf(filename, facts))
        : this.#read(filename, descriptor, facts);
      if (isPromise(file)) return closeAfter(descriptor, file);
      return file;
    } finally {
      if (file === undefined || file instanceof MemoryFile) closeSync(descriptor);
    }
  }

  #versionOf(filename: string, facts: FileFacts): DiskVersion {
    const remembered = this.#remembered?.get(filename);
    const isSame = remembered !== undefined && isSameVersion(remembered.facts, facts);
    if (isSame && isDiskVersion(remembered.kept) && remembered.kept.etag !== null) return remembered.kept;
    const etag = this.#contentTags === undefined ? entityTagOf(facts) : this.#contentTags.of(filename, facts);
    const version = { facts, etag, known: undefined };
    if (hadRested(facts, Date.now())) this.#remember(filename, version.facts, version);
    return version;
  }

  #read(filename: string, descriptor: number, before: FileFacts, attempt = 1): MaybePromise<MemoryFile> {
    const begun = Date.now();
    const size = Number(before.size);
    return andThen(
      size <= AT_ONCE ? readAtOnce(descriptor, size) : readFully(descriptor, 0, size),
      (content) => {
        const after = lookAtOpen(descriptor) ?? before;
        const unchanged = isSameVersion(before, after) && content.length === size;
        if (!unchanged && attempt < ATTEMPTS) return this.#read(filename, descriptor, after, attempt + 1);
        const file = new MemoryFile(modifiedAt(after), content);
        if (unchanged && hadRested(after, begun)) {
          this.#remember(filename, after, this.#isWanted(filename, after) ? file : 'asked for once');
        }
        return file;
      },
    );
  }

  /** Once the memory is full, a file must be asked for twice to drive others out: who reads all files once does not. */
  #isWanted(filename: string, { size }: FileFacts): boolean {
    const { calculatedSize = 0, maxSize = 0 } = this.#remembered ?? {};
    return (
      this.#remembered?.has(filename) === true || calculatedSize + Number(size) < maxSize - ENTRY_OVERHEAD
    );
  }

  #remember(filename: string, facts: FileFacts, kept: Remembered['kept']): void {
    const contentLength = kept instanceof MemoryFile ? kept.size : 0;
    this.#remembered?.set(
      filename,
      { facts, kept },
      { size: contentLength + filename.length + ENTRY_OVERHEAD },
    );
  }
}

function isDiskVersion(kept: Remembered['kept']): kept is DiskVersion {
  return typeof kept === 'object' && !(kept instanceof MemoryFile);
}

async function closeAfter<T>(descriptor: number, reading: PromiseLike<T>): Promise<T> {
  try {
    return await reading;
  } finally {
    closeSync(descriptor);
  }
}

function noFile(filename: string): NodeJS.ErrnoException {
  return Object.assign(new Error(`no such file: ${filename}`), { code: 'ENOENT' });
}
