import { bodyOf } from './body';
import { DiskFile } from './files/disk-file';
import { MemoryFile } from './files/memory-file';
import { HandedOffFile } from './files/handed-off-file';
import type { OpenedFile } from './files/opened-file';
import { closedOnError } from './files/while-open';
import type { FileLookup, Found } from './find';
import { fieldPairs, plainAnswer, type Answer, type HeaderFields } from './http/answer';
import { cachePolicy, IMMUTABLE } from './http/caching';
import { httpDate } from './http/date';
import { decide } from './http/decide';
import { entityTag, tagOfCoding } from './http/entity-tags';
import { contentType } from './http/media-type';
import { redirectToSlash } from './http/redirect';
import { Representation, type RepresentationFacts } from './http/representation';
import type { SharedRequest } from './loaders/loader';
import { andThen, type MaybePromise } from './maybe-promise';
import { openNegotiated, type Opened } from './negotiate';
import type { CheckedOptions } from './options';
import { isAllowedWithOriginals } from './policy/originals';
import type { SharedFile } from './shared-file';

/** The fields and methods of a middleware that have a say in the answers for its files. */
interface Settings {
  readonly cache: boolean;
  readonly cacheTimeout: number;
  readonly fallbackMimetype: string;
  isAllowed(filename: string, lookup: FileLookup): MaybePromise<boolean>;
  generateEtag(
    mtime: Date,
    fileSize: number,
    realFilename: string,
    content?: Uint8Array,
  ): MaybePromise<string | null>;
  responseHeaders(headers: Headers, file: SharedFile, request: SharedRequest): MaybePromise<void>;
}

/** Answers for opened files, as the fields, options and overridden methods of a middleware say. */
export class FileAnswers {
  readonly #settings: Settings;
  readonly #defaults: Settings;
  readonly #options: CheckedOptions;
  /** The lifetime that the default Cache-Control was last written for. */
  #timeout: number | undefined;
  #ofTimeout = '';

  /** `defaults`: the methods as they are when nothing is overridden, which then need not be called. */
  constructor(settings: Settings, defaults: Settings, options: CheckedOptions) {
    this.#settings = settings;
    this.#defaults = defaults;
    this.#options = options;
  }

  /** The answer for what was found, or null where it is not to be served or has gone. */
  answer(found: Found): MaybePromise<Answer | null> {
    return andThen(this.#isAllowed(found), (allowed) => {
      if (!allowed) return null;
      const { url = '', originalUrl = url } = found.lookup.request;
      if (found.lacksSlash) return redirectToSlash(this.#options.redirect, originalUrl);
      return andThen(openNegotiated(found, this.#options.precompressed), (opened) => {
        if (opened === null) return null;
        if (opened === 'not acceptable') return plainAnswer(406, 'Vary', 'Accept-Encoding');
        return closedOnError(opened.file, () => this.#fileAnswer(opened, found));
      });
    });
  }

  #isAllowed({ filename, lookup }: Found): MaybePromise<boolean> {
    if (this.#options.precompressed.length === 0) return this.#settings.isAllowed(filename, lookup);
    return isAllowedWithOriginals((name, how) => this.#settings.isAllowed(name, how), filename, lookup);
  }

  /** Its body is read from the file, which is closed with the answer. */
  #fileAnswer(opened: Opened, { filename, lookup: { path, request } }: Found): MaybePromise<Answer> {
    const { mtime, size } = opened.file;
    const shared: SharedFile = { filename, path, mtime, size };
    return andThen(this.#represent(opened, shared), (representation) => {
      if (opened.file instanceof HandedOffFile)
        return this.#handOff(opened.file, representation, shared, request);
      const { status, headers, content } = decide(request, representation);
      const customized = status < 400 ? this.#customized(headers, shared, request) : headers;
      return andThen(customized, (fields) =>
        andThen(bodyOf(opened.file, content), (body) =>
          answerWith(opened.file, { status, headers: fields, body, file: shared }),
        ),
      );
    });
  }

  /** Conditions and ranges are the proxy's to answer, whose validators the client has. */
  #handOff(
    { location }: HandedOffFile,
    representation: Representation,
    file: SharedFile,
    request: SharedRequest,
  ): MaybePromise<Answer> {
    const { header = '' } = this.#options.sendfile ?? {};
    return andThen(this.#customized(representation.handedOff(), file, request), (fields) => ({
      status: 200,
      headers: [...fields, header, location],
      body: null,
      file,
    }));
  }

  /** The representation that a version was last sent as, if all that went into it is the same; else a new one. */
  #represent(opened: Opened, shared: SharedFile): MaybePromise<Representation> {
    const { cache, fallbackMimetype } = this.#settings;
    const cacheControl = this.#cacheControlOf(shared);
    const version = versionOf(opened.file);
    const known = version?.known as Known | undefined;
    if (
      known?.filename === shared.filename &&
      known.fallbackMimetype === fallbackMimetype &&
      isStill(known.representation.facts, opened, cache, cacheControl)
    ) {
      return known.representation;
    }
    return andThen(this.#make(opened, shared, cacheControl), (representation) => {
      // While the time of a file is still to come, its Last-Modified goes with the clock.
      const isTimely = opened.file.mtime.getTime() <= Date.now();
      if (version !== undefined && isTimely)
        version.known = { filename: shared.filename, fallbackMimetype, representation };
      return representation;
    });
  }

  #make(
    { file, coding, varies }: Opened,
    { filename }: SharedFile,
    cacheControl: string,
  ): MaybePromise<Representation> {
    const { cache, fallbackMimetype } = this.#settings;
    return andThen(
      cache && !(file instanceof HandedOffFile) ? this.#etagOf(file, filename) : undefined,
      (etag) =>
        new Representation({
          contentType: contentType(filename, fallbackMimetype),
          coding,
          varies,
          size: file.size,
          etag: etag === undefined || coding === undefined ? etag : tagOfCoding(etag, coding),
          // A time to come must not be promised (RFC 9110 §8.8.2.1).
          lastModified: httpDate(Math.min(file.mtime.getTime(), Date.now())),
          caching: cachePolicy(cacheControl),
          conditional: cache,
          acceptsRanges: this.#options.acceptRanges,
        }),
    );
  }

  #cacheControlOf(file: SharedFile): string {
    const { cacheControl, immutable } = this.#options;
    if (immutable !== undefined && isImmutable(immutable, file.path ?? file.filename)) return IMMUTABLE;
    if (typeof cacheControl === 'function') return cacheControl(file);
    return cacheControl ?? this.#defaultCacheControl();
  }

  #defaultCacheControl(): string {
    const { cache, cacheTimeout } = this.#settings;
    if (!cache) return 'public';
    if (this.#timeout !== cacheTimeout) {
      this.#timeout = cacheTimeout;
      this.#ofTimeout = `max-age=${cacheTimeout}, public`;
    }
    return this.#ofTimeout;
  }

  #etagOf(file: OpenedFile, filename: string): MaybePromise<string | undefined> {
    const isOverridden = this.#settings.generateEtag !== this.#defaults.generateEtag;
    const own = isOverridden ? undefined : file.etag;
    const generated =
      own === undefined ? this.#settings.generateEtag(file.mtime, file.size, filename, file.content) : own;
    return andThen(generated, (text) => (text === null ? undefined : entityTag(text)));
  }

  #customized(headers: HeaderFields, file: SharedFile, request: SharedRequest): MaybePromise<HeaderFields> {
    if (this.#settings.responseHeaders === this.#defaults.responseHeaders) return headers;
    const fields = new Headers();
    for (const [name, value] of fieldPairs(headers)) fields.append(name, value);
    const framing = FRAMING.map((name) => [name, fields.get(name)] as const);
    return andThen(this.#settings.responseHeaders(fields, file, request), () => {
      for (const [name, value] of framing) {
        if (value === null) fields.delete(name);
        else fields.set(name, value);
      }
      return [...fields].flat();
    });
  }
}

function answerWith(opened: OpenedFile, answer: Answer): Answer {
  return opened.close === undefined ? answer : { ...answer, close: () => opened.close?.() };
}

/** What a file in memory was last sent as. It holds while the settings that went into it are the same. */
interface Known {
  readonly filename: string;
  readonly fallbackMimetype: string;
  readonly representation: Representation;
}

function isStill(
  { coding, varies, conditional, caching }: RepresentationFacts,
  opened: Opened,
  cache: boolean,
  cacheControl: string,
): boolean {
  const isSameCoding = coding === opened.coding && varies === opened.varies;
  return isSameCoding && conditional === cache && caching.cacheControl === cacheControl;
}

/** What stays while a version does, so that something can be kept with it; a loader's own files are new each time. */
function versionOf(file: OpenedFile): { known: unknown } | undefined {
  if (file instanceof MemoryFile) return file;
  return file instanceof DiskFile ? file.version : undefined;
}

/** Fields that say how the bytes are to be read: an answer with others would be misread. */
const FRAMING = ['Content-Length', 'Content-Range', 'Content-Encoding'];

/** `search` rather than `test`, which goes on where it stopped if the RegExp has the flag `g`. */
function isImmutable(immutable: RegExp | ((path: string) => boolean), path: string): boolean {
  return typeof immutable === 'function' ? immutable(path) : path.search(immutable) !== -1;
}
