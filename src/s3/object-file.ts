import type { Readable } from 'node:stream';
import type { OpenedFile } from '../files/opened-file';
import type { ByteRange } from '../http/byte-ranges';
import type { ObjectFacts } from './object-facts';
import type { ObjectStream } from './object-stream';

/** One version of an object. Each read is a request of its own to the store, for just its bytes. */
export class ObjectFile implements OpenedFile {
  readonly mtime: Date;
  readonly size: number;
  readonly etag: string;
  readonly #stream: (range: ByteRange) => ObjectStream;
  readonly #streams = new Set<ObjectStream>();
  #begun: { readonly range: ByteRange; readonly stream: ObjectStream } | undefined;

  constructor({ mtime, size, etag }: ObjectFacts, stream: (range: ByteRange) => ObjectStream) {
    this.mtime = mtime;
    this.size = size;
    this.etag = etag;
    this.#stream = stream;
  }

  /** Begins to read what will be read first; resolves when its first bytes are here. */
  async begin(range: ByteRange): Promise<void> {
    const stream = this.#open(range);
    this.#begun = { range, stream };
    await stream.begin();
  }

  read(start: number, end: number): Readable {
    const begun = this.#begun;
    this.#begun = undefined;
    if (begun?.range.start === start && begun.range.end === end) return begun.stream;
    begun?.stream.destroy();
    return this.#open({ start, end });
  }

  close(): void {
    for (const stream of this.#streams) stream.destroy();
  }

  #open(range: ByteRange): ObjectStream {
    const stream = this.#stream(range);
    this.#streams.add(stream);
    stream.once('close', () => this.#streams.delete(stream));
    return stream;
  }
}
