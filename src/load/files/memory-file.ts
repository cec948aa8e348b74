import type { Memo, OpenedFile } from '../../types';

/** A file whose whole content is in memory. */
export class MemoryFile implements OpenedFile {
  readonly mtime: Date;
  readonly size: number;
  readonly content: Uint8Array;
  readonly memo: Memo = {};

  constructor(mtime: Date, content: Uint8Array) {
    this.mtime = mtime;
    this.size = content.length;
    this.content = content;
  }

  read(start: number, end: number): Uint8Array {
    return start === 0 && end === this.size - 1 ? this.content : this.content.subarray(start, end + 1);
  }
}
