import { cachePolicy, type CachePolicy } from '../http/cache-control';
import { httpDate } from '../http/date';
import { deltaTag, encodedTag, matchesWeakly, weakTag } from '../http/entity-tags';
import { contentType, withCharset } from '../http/media-type';
import type { Validators } from '../http/preconditions';
import { reprDigest } from '../http/repr-digest';
import type { CheckedOptions } from '../options/options';
import type { HeaderFields, OpenedFile } from '../types';
import { andThen, type MaybePromise } from '../util/maybe-promise';
import { callGenerateEtag, type Hooks } from './hooks';
import type { NegotiatedFile } from './negotiate';
import type { RepresentationKey } from './representation-cache';
import { contentHeaders, notModifiedHeaders, withExpires } from './response-headers';

/** What is known about a file in the encoding that is sent (RFC 9110 §3.2). */
export interface RepresentationMetadata extends Validators {
  readonly contentType: string | undefined;
  /** The content coding of the bytes. Undefined for the file itself. */
  readonly coding: string | undefined;
  /** The fields of the request that the encoding depends on. Undefined for none. */
  readonly vary: string | undefined;
  /** Length in bytes. */
  readonly size: number;
  /** The value of Repr-Digest. */
  readonly digest: string | undefined;
  readonly caching: CachePolicy;
  /** Whether no other bytes of the file are sent with the same Last-Modified (RFC 9110 §8.8.2.2). */
  readonly hasStrongDate: boolean;
  /** Whether preconditions are evaluated. */
  readonly isConditional: boolean;
  /** Whether ranges are served. */
  readonly acceptsRanges: boolean;
}

/** A version of a file as it is sent. The header fields of its responses are formatted once. */
export class Representation {
  readonly metadata: RepresentationMetadata;
  readonly #notModifiedHeaders: HeaderFields;
  readonly #fullHeaders: HeaderFields;

  /** @param more fields that do not follow from the metadata; all responses have them */
  constructor(metadata: RepresentationMetadata, more: HeaderFields = []) {
    this.metadata = metadata;
    this.#notModifiedHeaders = [...notModifiedHeaders(metadata), ...more];
    this.#fullHeaders = [
      ...this.#notModifiedHeaders,
      ...contentHeaders(metadata, metadata.contentType, metadata.size),
    ];
  }

  /** The fields of a 304. */
  notModifiedHeaders(): HeaderFields {
    return withExpires(this.#notModifiedHeaders, this.metadata.caching.maxAge);
  }

  /** The fields of a 200. */
  fullHeaders(): HeaderFields {
    return withExpires(this.#fullHeaders, this.metadata.caching.maxAge);
  }

  /** The fields of a 206 whose content has this type and length. */
  partialHeaders(contentType: string | undefined, length: number): HeaderFields {
    return [...this.notModifiedHeaders(), ...contentHeaders(this.metadata, contentType, length)];
  }

  /** The fields that a proxy keeps if it sends the content itself, with its own length and validators. */
  delegatedHeaders(): HeaderFields {
    const { contentType } = this.metadata;
    const headers = [...this.notModifiedHeaders(), 'Content-Length', '0'];
    return contentType === undefined ? headers : [...headers, 'Content-Type', contentType];
  }
}

/** Makes the representation of an opened file: its media type, validators and lifetime. */
export function createRepresentation(
  negotiated: NegotiatedFile,
  { filename, mediaType, cacheControl, vary, useAsDictionary }: RepresentationKey,
  hooks: Hooks,
  { acceptRanges, weakEtags, digest }: CheckedOptions,
): MaybePromise<Representation> {
  const { file, coding } = negotiated;
  const etag =
    hooks.cache && file.location === undefined ? callGenerateEtag(hooks, file, filename) : undefined;
  const own = file.headers ?? {};
  const { 'content-type': type = mediaType, 'content-disposition': disposition } = own;
  return andThen(etag, (fileTag) => {
    const tag = fileTag !== undefined && weakEtags ? weakTag(fileTag) : fileTag;
    const metadata: RepresentationMetadata = {
      contentType: type === undefined ? contentType(filename, hooks.fallbackMimetype) : withCharset(type),
      coding: coding ?? own['content-encoding'],
      vary,
      size: file.size,
      digest: digest ? digestOf(file) : undefined,
      etag: tag && tagOf(tag, negotiated),
      // `shared-data compress` gives encodings and deltas the time of their file.
      hasStrongDate: vary === undefined,
      // Last-Modified must not be in the future (RFC 9110 §8.8.2.1).
      lastModified: httpDate(Math.min(file.mtime.getTime(), Date.now())),
      caching: cachePolicy(cacheControl),
      isConditional: hooks.cache,
      acceptsRanges: acceptRanges,
    };
    const more: HeaderFields = disposition === undefined ? [] : ['Content-Disposition', disposition];
    if (useAsDictionary !== undefined) more.push('Use-As-Dictionary', useAsDictionary);
    return new Representation(metadata, more);
  });
}

/** The digest of the bytes of a file, if they are in memory or were hashed before. */
function digestOf({ content, digest }: OpenedFile): string | undefined {
  return content === undefined ? (digest ?? undefined) : reprDigest(content);
}

/**
 * The tag of an encoding. An override of `generateEtag` or `setHeaders` may give the same to two encodings with the same
 * coding that were made of the file, by another level or another version of zlib.
 */
export function tagOf(tag: string, { file, coding, delta, isMade }: NegotiatedFile): string {
  if (delta !== undefined) return deltaTag(tag, delta);
  if (coding === undefined) return tag;
  const encoded = encodedTag(tag, coding);
  const ofBytes = file.etag;
  if (!isMade || typeof ofBytes !== 'string' || matchesWeakly(tag, ofBytes)) return encoded;
  return encodedTag(encoded, ofBytes.slice(1, -1));
}
