import { expires } from '../http/cache-control';
import type { HeaderFields } from '../types';
import type { RepresentationMetadata } from './representation';

/** The fields of a 304: those of a 200 that RFC 9110 §15.4.5 requires. All other responses have them too. */
export function notModifiedHeaders({ etag, caching, vary }: RepresentationMetadata): HeaderFields {
  const headers: HeaderFields = caching.maxAge === null ? [] : ['Expires', ''];
  if (caching.cacheControl !== undefined) headers.push('Cache-Control', caching.cacheControl);
  if (etag !== undefined) headers.push('ETag', etag);
  if (vary !== undefined) headers.push('Vary', vary);
  return headers;
}

/** The fields that describe the content of a 200 or 206. */
export function contentHeaders(
  metadata: RepresentationMetadata,
  contentType: string | undefined,
  length: number,
): HeaderFields {
  const { coding, digest, lastModified } = metadata;
  const headers: HeaderFields = contentType === undefined ? [] : ['Content-Type', contentType];
  headers.push('Content-Length', String(length));
  if (coding !== undefined) headers.push('Content-Encoding', coding);
  if (lastModified !== undefined) headers.push('Last-Modified', lastModified);
  if (digest !== undefined) headers.push('Repr-Digest', digest);
  if (metadata.acceptsRanges) headers.push('Accept-Ranges', 'bytes');
  return headers;
}

/** A copy with the current Expires. It is the first field, and the only one that depends on the time. */
export function withExpires(headers: HeaderFields, maxAge: number | null): HeaderFields {
  const current = headers.slice();
  if (maxAge !== null) current[1] = expires(maxAge);
  return current;
}
