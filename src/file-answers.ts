import type { OpenedFile } from './files/opened-file';
import { readRange } from './files/read-range';
import type { FileLookup } from './find';
import type { Answer, HeaderFields } from './http/answer';
import { cachePolicy } from './http/caching';
import { httpDate } from './http/date';
import { decide } from './http/decide';
import { contentType } from './http/media-type';
import type { Representation } from './http/representation';
import { entityTag } from './http/validators';
import type { SharedRequest } from './loaders/loader';
import { andThen, type MaybePromise } from './maybe-promise';
import type { SharedDataMiddleware } from './shared-data';

/** The file of an answer, for {@link SharedDataMiddleware.responseHeaders}. */
export interface SharedFile {
  /** The base name, as the loader gave it. */
  readonly filename: string;
  /** The path below the export's prefix, or null where the request is for the prefix itself. */
  readonly path: string | null;
  /** When the content last changed. */
  readonly mtime: Date;
  /** Length in bytes. */
  readonly size: number;
}

/** The part of a middleware that has a say in the answers for its files. */
type Settings = Pick<
  SharedDataMiddleware,
  'cache' | 'cacheTimeout' | 'fallbackMimetype' | 'generateEtag' | 'responseHeaders'
>;

/** Answers for opened files, as the fields and overridden methods of a middleware say. */
export class FileAnswers {
  readonly #settings: Settings;
  readonly #defaults: Settings;
  readonly #etags = new WeakMap<OpenedFile, string>();

  /** `defaults`: the methods as they are when nothing is overridden, which then need not be called. */
  constructor(settings: Settings, defaults: Settings) {
    this.#settings = settings;
    this.#defaults = defaults;
  }

  /** The answer for a file. Its body is read from the file, which is to be closed when that has been sent. */
  answer(file: OpenedFile, filename: string, { path, request }: FileLookup): MaybePromise<Answer> {
    return andThen(this.#represent(file, filename), (representation) => {
      const { status, headers, wholeBody } = decide(request, representation);
      const { mtime, size } = file;
      return andThen(this.#customized(headers, { filename, path, mtime, size }, request), (customized) => ({
        status,
        headers: customized,
        body: wholeBody && size > 0 ? readRange(file, 0, size - 1) : null,
      }));
    });
  }

  #represent(file: OpenedFile, filename: string): MaybePromise<Representation> {
    const { cache, cacheTimeout, fallbackMimetype } = this.#settings;
    return andThen(cache ? this.#etagOf(file, filename) : undefined, (etag) => ({
      contentType: contentType(filename, fallbackMimetype),
      size: file.size,
      etag,
      lastModified: httpDate(file.mtime.getTime()),
      caching: cachePolicy(cache, cacheTimeout),
    }));
  }

  #etagOf(file: OpenedFile, filename: string): MaybePromise<string | undefined> {
    const known = this.#etags.get(file);
    if (known !== undefined) return known;
    const isOverridden = this.#settings.generateEtag !== this.#defaults.generateEtag;
    const own = isOverridden ? undefined : file.etag;
    return andThen(
      own ?? this.#settings.generateEtag(file.mtime, file.size, filename, file.content),
      (text) => {
        if (text === null) return undefined;
        const etag = entityTag(text);
        this.#etags.set(file, etag);
        return etag;
      },
    );
  }

  #customized(headers: HeaderFields, file: SharedFile, request: SharedRequest): MaybePromise<HeaderFields> {
    if (this.#settings.responseHeaders === this.#defaults.responseHeaders) return headers;
    const fields = new Headers();
    for (let at = 0; at < headers.length; at += 2)
      fields.append(...(headers.slice(at, at + 2) as [string, string]));
    const length = fields.get('Content-Length');
    return andThen(this.#settings.responseHeaders(fields, file, request), () => {
      if (length !== null) fields.set('Content-Length', length);
      return [...fields].flat();
    });
  }
}
