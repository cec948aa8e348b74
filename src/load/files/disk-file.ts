import type { Readable } from 'node:stream';
import type { Memo, OpenedFile } from '../../types';
import { andThen, type MaybePromise } from '../../util/maybe-promise';
import { FileStream } from './file-stream';
import { modifiedAt, type FileVersion } from './file-version';
import type { Lease } from './open-files';

/** Up to this many bytes are read into one buffer, which is cheaper than a stream. */
const BUFFERED_READ_MAX = 64 * 1024;

/** What is kept about a version of a file whose content is not in memory. */
export interface DiskVersion {
  readonly version: FileVersion;
  /** Null if the version has no ETag, or not yet. */
  readonly etag: string | null;
  /** The value of Repr-Digest. Null if it is not known yet; undefined if it is not sent. */
  readonly digest: string | null | undefined;
  readonly memo: Memo;
}

/** Whether nothing about a version is still to be computed. */
export function isComplete({ etag, digest }: DiskVersion): boolean {
  return etag !== null && digest !== null;
}

/**
 * A file that is read from its descriptor. Whatever happens to its name, this version is the one that is
 * sent.
 */
export class DiskFile implements OpenedFile {
  readonly filename: string;
  readonly mtime: Date;
  readonly size: number;
  readonly etag: string | null;
  readonly digest: string | null | undefined;
  readonly memo: Memo;
  readonly #lease: Lease;

  constructor(filename: string, lease: Lease, { version, etag, digest, memo }: DiskVersion) {
    this.filename = filename;
    this.#lease = lease;
    this.etag = etag;
    this.digest = digest;
    this.memo = memo;
    this.mtime = modifiedAt(version);
    this.size = Number(version.size);
  }

  read(start: number, end: number): MaybePromise<Uint8Array | Readable> {
    const { descriptor } = this.#lease;
    const length = end - start + 1;
    if (length > BUFFERED_READ_MAX) return new FileStream(descriptor, start, end);
    return andThen(descriptor.readRange(start, length), (bytes) => {
      if (bytes.length < length) throw new Error('the file was truncated before it was read');
      return bytes;
    });
  }

  close(): Promise<void> | undefined {
    return this.#lease.release();
  }
}
