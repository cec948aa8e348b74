import compressible from 'compressible';
import type { AcceptedCodings } from '../http/accept-encoding';
import { contentType } from '../http/media-type';
import type { CompressSettings } from '../options/compress';
import type { ContentCoding, OpenedFile, SharedRequest } from '../types';
import { limiter, type Limiter } from '../util/limiter';
import { encodeContent } from './encode-content';
import { encoders, type Effort, type Encoder } from './encoders';
import { Encodings, isEncodable, type EncodableFile, type TypeKey } from './encodings';

/** How many compressions may be unfinished. With more, a later request for the file tries again. */
const MAX_UNFINISHED = 256;

/** An encoding that was made of a file. */
export interface MadeEncoding {
  readonly file: OpenedFile;
  readonly coding: ContentCoding;
}

/** Gets the error of a compression, and the request that it was started for. */
export type ReportFailure = (request: SharedRequest, error: unknown) => void;

/**
 * Makes encodings of files while they are served: each once per version, in the thread pool. They are kept
 * together with the content of the file.
 */
export class Compressor {
  /** The codings that can be made, in order of preference. */
  readonly codings: readonly ContentCoding[];
  readonly #encoders: ReadonlyMap<ContentCoding, Encoder>;
  readonly #settings: CompressSettings;
  readonly #maxSize: number;
  readonly #limit: Limiter;
  readonly #report: ReportFailure;
  /** How many compressions run or wait. */
  #unfinished = 0;

  /**
   * @param maxSize the size in bytes of the largest file that is encoded
   * @param report is called at most once per version of a file
   * @param available the encoders that this version of Node has
   */
  constructor(settings: CompressSettings, maxSize: number, report: ReportFailure, available = encoders()) {
    this.#encoders = new Map(available.map((encoder) => [encoder.coding, encoder]));
    this.codings = settings.encodings.filter((coding) => this.#encoders.has(coding));
    this.#settings = settings;
    this.#maxSize = maxSize;
    this.#limit = limiter(settings.concurrency);
    this.#report = report;
  }

  /** Whether a file has the right size, and its encodings can be kept. Such a file need not be closed. */
  mayEncode(file: OpenedFile): file is EncodableFile {
    const { size } = file;
    return size >= this.#settings.minSize && size <= this.#maxSize && isEncodable(file);
  }

  /** The encodings of a file, made or not, or null if its type is not compressible. */
  encodingsOf(file: EncodableFile, type: TypeKey): Encodings | null {
    const encodings = Encodings.of(file);
    return encodings.isCompressible(type, isCompressible) ? encodings : null;
  }

  /**
   * Of the encodings that are made, the one that a client prefers, or null if it prefers the file as it is or none
   * is made. Starts to make the one that it prefers to all others.
   */
  choose(encodings: Encodings, accepted: AcceptedCodings, request: SharedRequest): MadeEncoding | null {
    let hasStarted = false;
    for (const coding of accepted) {
      if (coding === 'identity') return null;
      const { file, isFinal } = encodings.get(coding);
      if (file) {
        if (!isFinal && this.#isIdle()) this.#start(encodings, coding, 'best', request);
        return { file, coding };
      }
      if (file === undefined && !hasStarted) {
        this.#start(encodings, coding, this.#settings.level === 'best' ? 'best' : 'quick', request);
        hasStarted = true;
      }
    }
    return null;
  }

  /** Resolves when the compressions in progress have ended that a client waits for. */
  async whenMade(encodings: Encodings, accepted: AcceptedCodings): Promise<void> {
    for (const coding of accepted) if (coding !== 'identity') await encodings.get(coding).job;
  }

  /** Whether a compression that takes long would keep no other waiting. */
  #isIdle(): boolean {
    return this.#unfinished < Math.max(1, this.#settings.concurrency - 1);
  }

  #start(encodings: Encodings, coding: ContentCoding, effort: Effort, request: SharedRequest): void {
    const encoding = encodings.get(coding);
    if (encoding.job !== undefined || this.#unfinished === MAX_UNFINISHED || !encodings.isKept()) return;
    this.#unfinished += 1;
    // A compression that waits keeps no content in memory that the cache has evicted.
    const reference = new WeakRef(encodings);
    const end = (): void => {
      this.#unfinished -= 1;
      encoding.job = undefined;
    };
    encoding.job = this.#limit(() => this.#encode(reference, coding, effort, request)).then(end);
  }

  async #encode(
    reference: WeakRef<Encodings>,
    coding: ContentCoding,
    effort: Effort,
    request: SharedRequest,
  ): Promise<void> {
    const encodings = reference.deref();
    const encoder = this.#encoders.get(coding);
    if (encodings === undefined || encoder === undefined || !encodings.isKept()) return;
    const { content, size } = encodings.original;
    const encoding = encodings.get(coding);
    try {
      encodings.keep(encoding, await encodeContent(content, encoder.createStream(size, effort)));
      encoding.isFinal = effort === 'best' || this.#settings.level !== 'auto';
    } catch (error) {
      encodings.finish(this.codings);
      this.#report(request, error);
    }
  }
}

function isCompressible({ filename, fallbackMimetype, mediaType }: TypeKey): boolean {
  return compressible(mediaType ?? contentType(filename, fallbackMimetype)) === true;
}
