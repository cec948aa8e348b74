import { closeSync } from 'node:fs';
import type { Readable } from 'node:stream';
import { modifiedAt, type FileFacts } from './file-facts';
import { FileStream } from './file-stream';
import type { OpenedFile } from './opened-file';
import { readFully } from './read-fully';

/** A version of a file that is read from its disk, known by what does not change while the version stays. */
export interface DiskVersion {
  readonly facts: FileFacts;
  /** Null where it has none, or not yet. */
  readonly etag: string | null;
  /** Whatever its user works out for this version, kept as long as the version is. */
  known: unknown;
}

/** A file that is read from its descriptor: whatever happens to its name, this version is the one that is sent. */
export class DiskFile implements OpenedFile {
  readonly mtime: Date;
  readonly size: number;
  readonly etag: string | null;
  /** The same for every opening of one version. */
  readonly version: DiskVersion;
  readonly #descriptor: number;
  #reading: Promise<unknown> | undefined;
  #stream: FileStream | undefined;

  constructor(descriptor: number, version: DiskVersion) {
    this.#descriptor = descriptor;
    this.version = version;
    this.etag = version.etag;
    this.mtime = modifiedAt(version.facts);
    this.size = Number(version.facts.size);
  }

  read(start: number, end: number): Readable {
    this.#stream = new FileStream(this.#descriptor, start, end);
    return this.#stream;
  }

  /** The same bytes at once, for a few of which a stream would be too much. */
  async readAtOnce(start: number, end: number): Promise<Uint8Array> {
    const length = end - start + 1;
    const reading = readFully(this.#descriptor, start, length);
    this.#reading = reading;
    const bytes = await reading;
    if (bytes.length < length) throw new Error('the file was cut short before it was read');
    return bytes;
  }

  /** Waits for a read that is under way: the number of a closed descriptor may already be another file's. */
  async close(): Promise<void> {
    await this.#stream?.idle();
    await this.#reading?.catch(() => undefined);
    closeSync(this.#descriptor);
  }
}
