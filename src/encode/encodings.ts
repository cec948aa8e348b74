import { MemoryFile, memorySize } from '../load/files/memory-file';
import { defaultETag } from '../load/files/stat-etag';
import { ENTRY_OVERHEAD } from '../load/files/version-cache';
import type { ContentCoding, Memo, OpenedFile } from '../types';

/** What the media type of a file depends on. */
export interface TypeKey {
  readonly filename: string;
  readonly fallbackMimetype: string;
  /** What the option `mimeTypes` says. */
  readonly mediaType: string | undefined;
}

function isSameType(one: TypeKey, other: TypeKey): boolean {
  return (
    one.filename === other.filename &&
    one.fallbackMimetype === other.fallbackMimetype &&
    one.mediaType === other.mediaType
  );
}

/** A file in memory whose encodings can be kept with it. */
export interface EncodableFile extends OpenedFile {
  readonly content: Uint8Array;
  readonly memo: Memo;
  reserve(bytes: number): boolean;
}

/** Whether encodings of a file can be kept with it. A file with fields of its own may be something else. */
export function isEncodable(file: OpenedFile): file is EncodableFile {
  return file.reserve !== undefined && file.headers === undefined;
}

/** An encoding that is made of a version of a file. */
export interface Encoding {
  /** Undefined until it is made. Null if it is not small enough, or cannot be made. */
  file: OpenedFile | null | undefined;
  /** Whether it stays as it is. Else the best level may make it smaller. */
  isFinal: boolean;
  /** Resolves when the compression in progress has ended. */
  job: Promise<void> | undefined;
}

/** An encoding must be smaller than this fraction of the file: decoding it takes time too. */
const MAX_RATIO = 0.95;

/** The encodings of a version of a file. */
export class Encodings {
  readonly original: EncodableFile;
  readonly #encodings = new Map<ContentCoding, Encoding>();
  /** The last answer to whether the file is compressible. */
  #compressible: { readonly type: TypeKey; readonly answer: boolean } | undefined;

  constructor(original: EncodableFile) {
    this.original = original;
  }

  /** The encodings that are kept with a file. */
  static of(file: EncodableFile): Encodings {
    const known = file.memo.encodings as Encodings | undefined;
    if (known !== undefined) return known;
    const created = new Encodings(file);
    file.memo.encodings = created;
    return created;
  }

  /** Whether the file is compressible, as `decide` says, which is asked once for a type. */
  isCompressible(type: TypeKey, decide: (type: TypeKey) => boolean): boolean {
    const last = this.#compressible;
    if (last !== undefined && isSameType(last.type, type)) return last.answer;
    const answer = decide(type);
    this.#compressible = { type, answer };
    return answer;
  }

  /** The encoding with a content coding, whether it is made or not. */
  get(coding: ContentCoding): Encoding {
    const known = this.#encodings.get(coding);
    if (known !== undefined) return known;
    const encoding: Encoding = { file: undefined, isFinal: false, job: undefined };
    this.#encodings.set(coding, encoding);
    return encoding;
  }

  /** Whether the version is still kept. */
  isKept(): boolean {
    return this.original.reserve(0);
  }

  /** Keeps the content of an encoding, if it is small enough and there is room for it. */
  keep(encoding: Encoding, content: Uint8Array): void {
    const { size, mtime } = this.original;
    const { file: former } = encoding;
    const limit = former?.size ?? size * MAX_RATIO;
    const more = sizeOf(content.length) - (former ? sizeOf(former.size) : 0);
    const isKept = content.length < limit && this.original.reserve(more);
    if (isKept) encoding.file = new EncodedFile(mtime, content);
    else encoding.file ??= null;
  }

  /** Keeps all encodings as they are. */
  finish(codings: readonly ContentCoding[]): void {
    for (const coding of codings) {
      const encoding = this.get(coding);
      encoding.file ??= null;
      encoding.isFinal = true;
    }
  }
}

/** An encoding in memory. Its ETag is made of its own bytes, which differ between levels and versions of zlib. */
class EncodedFile extends MemoryFile {
  readonly etag: string;

  constructor(mtime: Date, content: Uint8Array) {
    super(mtime, content);
    this.etag = defaultETag(mtime, content.length, '', content);
  }
}

/** What an encoding counts. It has header fields of its own, as a file has. */
function sizeOf(length: number): number {
  return memorySize(length) + ENTRY_OVERHEAD;
}
