import type { Readable } from 'node:stream';
import type { Memo, OpenedFile } from '../../types';
import type { MaybePromise } from '../../util/maybe-promise';
import type { Descriptor } from './descriptor';
import { FileStream } from './file-stream';
import { modifiedAt, type FileVersion } from './file-version';

/** Up to this many bytes are read into one buffer, which is cheaper than a stream. */
const BUFFERED_READ_MAX = 64 * 1024;

/** What is kept about a version of a file whose content is not in memory. */
export interface DiskVersion {
  readonly version: FileVersion;
  /** Null if the version has no ETag, or not yet. */
  readonly etag: string | null;
  readonly memo: Memo;
}

/**
 * A file that is read from its descriptor. Whatever happens to its name, this version is the one that is
 * sent.
 */
export class DiskFile implements OpenedFile {
  readonly mtime: Date;
  readonly size: number;
  readonly etag: string | null;
  readonly memo: Memo;
  readonly #descriptor: Descriptor;

  constructor(descriptor: Descriptor, { version, etag, memo }: DiskVersion) {
    this.#descriptor = descriptor;
    this.etag = etag;
    this.memo = memo;
    this.mtime = modifiedAt(version);
    this.size = Number(version.size);
  }

  read(start: number, end: number): MaybePromise<Uint8Array | Readable> {
    if (end - start < BUFFERED_READ_MAX) return this.#readBuffer(start, end);
    return new FileStream(this.#descriptor, start, end);
  }

  async #readBuffer(start: number, end: number): Promise<Uint8Array> {
    const length = end - start + 1;
    const bytes = await this.#descriptor.readBuffer(start, length);
    if (bytes.length < length) throw new Error('the file was truncated before it was read');
    return bytes;
  }

  close(): Promise<void> {
    return this.#descriptor.close();
  }
}
