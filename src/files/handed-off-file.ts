import { modifiedAt, type FileFacts } from './file-facts';
import type { OpenedFile } from './opened-file';

/** A file that is there, and that a proxy in front of us opens and sends. */
export class HandedOffFile implements OpenedFile {
  readonly mtime: Date;
  readonly size: number;
  /** Where the proxy finds it. */
  readonly location: string;

  constructor(facts: FileFacts, location: string) {
    this.mtime = modifiedAt(facts);
    this.size = Number(facts.size);
    this.location = location;
  }

  read(): never {
    throw new Error('a file that was handed off is read by the proxy');
  }
}
