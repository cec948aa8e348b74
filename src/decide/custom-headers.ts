import { cachePolicy, type CachePolicy } from '../http/cache-control';
import { entityTag } from '../http/entity-tags';
import { fieldPairs, mergeVary } from '../http/header-fields';
import type { HeaderFields } from '../types';
import { andThen, type MaybePromise } from '../util/maybe-promise';
import type { NegotiatedFile } from './negotiate';
import { Representation, tagOf, type RepresentationMetadata } from './representation';

/** Fields that the metadata of a representation determines. */
const METADATA_HEADERS = new Set([
  'accept-ranges',
  'cache-control',
  'content-encoding',
  'content-length',
  'content-range',
  'content-type',
  'etag',
  'expires',
  'last-modified',
  'repr-digest',
  'vary',
]);

/** Changes the fields of a 200 for a file. */
export type SetHeaders = (headers: Headers) => MaybePromise<void>;

/**
 * The representation after `setHeaders` has changed the fields of its 200. The decision follows: preconditions
 * are compared with the validators that are sent, and the parts of a multipart response have the new type.
 */
export function callSetHeaders(
  representation: Representation,
  setHeaders: SetHeaders,
  negotiated: NegotiatedFile,
): MaybePromise<Representation> {
  const headers = new Headers([...fieldPairs(representation.fullHeaders())]);
  const expires = headers.get('Expires');
  return andThen(setHeaders(headers), () =>
    customRepresentation(representation.metadata, headers, headers.get('Expires') !== expires, negotiated),
  );
}

/** @throws TypeError if the ETag is not an entity tag */
function customRepresentation(
  metadata: RepresentationMetadata,
  headers: Headers,
  hasOwnExpires: boolean,
  negotiated: NegotiatedFile,
): Representation {
  const value = (name: string): string | undefined => headers.get(name) ?? undefined;
  const etag = value('ETag');
  const more: HeaderFields = [...headers].filter(([name]) => !METADATA_HEADERS.has(name)).flat();
  const vary = metadata.vary === undefined ? value('Vary') : mergeVary(value('Vary'), metadata.vary);
  if (vary !== undefined) more.push('Vary', vary);
  const expires = hasOwnExpires ? value('Expires') : undefined;
  if (expires !== undefined) more.push('Expires', expires);
  return new Representation(
    {
      ...metadata,
      contentType: value('Content-Type'),
      etag: etag === undefined || etag === metadata.etag ? etag : customTag(entityTag(etag), negotiated),
      lastModified: value('Last-Modified'),
      digest: value('Repr-Digest'),
      caching: customCaching(metadata.caching, value('Cache-Control'), hasOwnExpires),
      vary: undefined,
    },
    more,
  );
}

/** A strong tag is that of the file: an encoding has another one, since its bytes differ (RFC 9110 §8.8.3.3). */
function customTag(tag: string, negotiated: NegotiatedFile): string {
  return tag.startsWith('W/') ? tag : tagOf(tag, negotiated);
}

/** Expires agrees with the new Cache-Control, unless it was set or removed as well. */
function customCaching(
  { cacheControl: before, maxAge }: CachePolicy,
  cacheControl: string | undefined,
  hasOwnExpires: boolean,
): CachePolicy {
  if (hasOwnExpires) return { cacheControl, maxAge: null };
  return cacheControl === undefined || cacheControl === before
    ? { cacheControl, maxAge }
    : cachePolicy(cacheControl);
}
