import { close } from 'node:fs';
import type { Readable } from 'node:stream';
import type { FileFacts } from './file-facts';
import { FileStream } from './file-stream';
import type { OpenedFile } from './opened-file';
import { entityTagOf } from './validator';

/** A file that is read from its descriptor: whatever happens to its name, this version is the one that is sent. */
export class DiskFile implements OpenedFile {
  readonly mtime: Date;
  readonly size: number;
  readonly etag: string;
  readonly #descriptor: number;
  #stream: FileStream | undefined;

  constructor(descriptor: number, facts: FileFacts) {
    this.#descriptor = descriptor;
    this.mtime = facts.mtime;
    this.size = Number(facts.size);
    this.etag = entityTagOf(facts);
  }

  read(start: number, end: number): Readable {
    this.#stream = new FileStream(this.#descriptor, start, end);
    return this.#stream;
  }

  /** Waits for a read that is under way: the number of a closed descriptor may already be another file's. */
  async close(): Promise<void> {
    await this.#stream?.idle();
    await new Promise<void>((resolve) => {
      close(this.#descriptor, () => {
        resolve();
      });
    });
  }
}
