import type { Readable } from 'node:stream';
import type { ByteRange } from '../http/byte-ranges';
import type { FileHeaders, OpenedFile } from '../types';
import type { ObjectMetadata } from './object-metadata';
import type { ObjectStream } from './object-stream';

/** One version of an object. Each read is one request to the store, for just its bytes. */
export class ObjectFile implements OpenedFile {
  readonly mtime: Date;
  readonly size: number;
  readonly etag: string;
  readonly headers: FileHeaders;
  readonly #createStream: (range: ByteRange) => ObjectStream;
  readonly #streams = new Set<ObjectStream>();

  constructor(
    { mtime, size, etag, headers }: ObjectMetadata,
    createStream: (range: ByteRange) => ObjectStream,
  ) {
    this.mtime = mtime;
    this.size = size;
    this.etag = etag;
    this.headers = headers;
    this.#createStream = createStream;
  }

  /** Resolves when the first bytes have arrived: after that, the status of the response cannot change. */
  async read(start: number, end: number): Promise<Readable> {
    const stream = this.#createStream({ start, end });
    this.#streams.add(stream);
    stream.once('close', () => this.#streams.delete(stream));
    await stream.firstBytes();
    return stream;
  }

  close(): void {
    for (const stream of this.#streams) stream.destroy();
  }
}
