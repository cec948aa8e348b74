import { close as closeDescriptor, constants, open as openDescriptor, read } from 'node:fs';
import { promisify } from 'node:util';
import { LRUCache } from 'lru-cache';
import type { MaybePromise } from '../maybe-promise';
import { DiskFile } from './disk-file';
import { hadRested, isSameVersion, look, lookAtOpen, type FileFacts } from './file-facts';
import { MemoryFile } from './memory-file';
import type { OpenedFile } from './opened-file';

interface Remembered {
  readonly facts: FileFacts;
  readonly file: MemoryFile;
}

/** `O_NONBLOCK`: opening a FIFO that nobody writes to would wait for ever. Windows has neither. */
const READ_ONLY = constants.O_RDONLY | (process.platform === 'win32' ? 0 : constants.O_NONBLOCK);

/** A file takes at most this part of the memory, so that a few large ones do not drive all others out. */
const LARGEST_PART = 16;

/** What an entry takes beside its content, in bytes; roughly. */
const ENTRY_OVERHEAD = 1024;

/** How often a file that changes while it is read is read again before what was read is taken as it is. */
const ATTEMPTS = 3;

/**
 * One consistent view of the files below the exports: each answer comes from one version of a file. The content
 * of small files is kept and used again as long as a fresh look says that the file is still the same.
 */
export class FileView {
  readonly #largest: number;
  readonly #remembered: LRUCache<string, Remembered> | undefined;
  readonly #glances = new Map<string, FileFacts | null>();

  /** `memoryLimit`: bytes of content that are kept; 0 keeps none. */
  constructor(memoryLimit: number) {
    this.#largest = Math.floor(memoryLimit / LARGEST_PART);
    this.#remembered = memoryLimit === 0 ? undefined : new LRUCache({ maxSize: memoryLimit });
  }

  /** Whether a name leads to a regular file now. */
  isFile(filename: string): boolean {
    return this.#look(filename)?.isFile() ?? false;
  }

  /** Whether a name leads to a regular file that is no older than another. */
  isNoOlder(filename: string, than: string): boolean {
    const [one, other] = [this.#look(filename), this.#look(than)];
    return one !== null && other !== null && one.isFile() && one.mtimeNs >= other.mtimeNs;
  }

  /** The version that a name leads to now. Throws ENOENT where that is no regular file. */
  open(filename: string): MaybePromise<OpenedFile> {
    const facts = this.#look(filename);
    if (!facts?.isFile()) throw noFile(filename);
    const remembered = this.#remembered?.get(filename);
    if (remembered !== undefined && isSameVersion(remembered.facts, facts)) return remembered.file;
    return this.#load(filename);
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

  async #load(filename: string): Promise<OpenedFile> {
    const descriptor = await openForReading(filename, READ_ONLY);
    let file: OpenedFile | undefined;
    try {
      const facts = await lookAtOpen(descriptor);
      if (!facts.isFile()) throw noFile(filename);
      file =
        facts.size > this.#largest
          ? new DiskFile(descriptor, facts)
          : await this.#keep(filename, descriptor, facts);
      return file;
    } finally {
      if (!(file instanceof DiskFile)) await closeQuietly(descriptor);
    }
  }

  async #keep(filename: string, descriptor: number, before: FileFacts, attempt = 1): Promise<MemoryFile> {
    const begun = Date.now();
    const content = await readWhole(descriptor, Number(before.size));
    const after = await lookAtOpen(descriptor);
    const unchanged = isSameVersion(before, after) && content.length === Number(before.size);
    if (!unchanged && attempt < ATTEMPTS) return this.#keep(filename, descriptor, after, attempt + 1);
    const file = new MemoryFile(after, content);
    if (unchanged && hadRested(after, begun)) {
      this.#remembered?.set(
        filename,
        { facts: after, file },
        { size: content.length + filename.length + ENTRY_OVERHEAD },
      );
    }
    return file;
  }
}

const openForReading = promisify(openDescriptor);
const readInto = promisify(read);

async function readWhole(descriptor: number, size: number): Promise<Buffer> {
  const content = Buffer.allocUnsafeSlow(size);
  let filled = 0;
  while (filled < size) {
    const { bytesRead } = await readInto(descriptor, content, filled, size - filled, filled);
    if (bytesRead === 0) break;
    filled += bytesRead;
  }
  return filled === size ? content : content.subarray(0, filled);
}

function closeQuietly(descriptor: number): Promise<void> {
  return new Promise((resolve) => {
    closeDescriptor(descriptor, () => {
      resolve();
    });
  });
}

function noFile(filename: string): NodeJS.ErrnoException {
  return Object.assign(new Error(`no such file: ${filename}`), { code: 'ENOENT' });
}
