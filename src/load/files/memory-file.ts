import type { Latin1, Memo, OpenedFile } from '../../types';

/** Up to this many bytes, sending a string is faster than sending bytes: Node joins it with the header section. */
const MAX_LATIN1 = 2 * 1024;

/** A file whose whole content is in memory. */
export class MemoryFile implements OpenedFile {
  readonly mtime: Date;
  readonly size: number;
  readonly content: Uint8Array;
  readonly filename: string | undefined;
  readonly memo: Memo = {};
  #latin1: Latin1 | undefined;
  #reserve: ((bytes: number) => boolean) | undefined;

  constructor(mtime: Date, content: Uint8Array, filename?: string) {
    this.mtime = mtime;
    this.size = content.length;
    this.content = content;
    this.filename = filename;
  }

  /** The content with one character per byte, if it is small. It is made when the file is first sent. */
  get latin1(): Latin1 | undefined {
    if (this.size > MAX_LATIN1) return undefined;
    this.#latin1 ??= { bytes: this.content, text: latin1Of(this.content) };
    return this.#latin1;
  }

  /** Called by what keeps the file. `reserve` is the method {@link OpenedFile.reserve}. */
  keptWith(reserve: (bytes: number) => boolean): void {
    this.#reserve = reserve;
  }

  reserve(bytes: number): boolean {
    return this.#reserve?.(bytes) ?? false;
  }

  read(start: number, end: number): Uint8Array {
    return start === 0 && end === this.size - 1 ? this.content : this.content.subarray(start, end + 1);
  }
}

/** The bytes that the content of a file takes in memory: as bytes, and as a string if it is small. */
export function memorySize(size: number): number {
  return size > MAX_LATIN1 ? size : 2 * size;
}

function latin1Of({ buffer, byteOffset, length }: Uint8Array): string {
  return Buffer.from(buffer, byteOffset, length).toString('latin1');
}
