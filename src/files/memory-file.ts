import type { OpenedFile } from './opened-file';

/** A file whose whole content is in memory. */
export class MemoryFile implements OpenedFile {
  readonly mtime: Date;
  readonly size: number;
  readonly content: Uint8Array;
  /** Whatever its user works out for this version, kept as long as the version is. */
  known: unknown;

  constructor(mtime: Date, content: Uint8Array) {
    this.mtime = mtime;
    this.size = content.length;
    this.content = content;
    this.known = undefined;
  }

  read(start: number, end: number): Uint8Array {
    return start === 0 && end === this.size - 1 ? this.content : this.content.subarray(start, end + 1);
  }
}
