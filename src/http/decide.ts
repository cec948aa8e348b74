import type { SharedRequest } from '../loaders/loader';
import type { HeaderFields } from './answer';
import { expires } from './caching';
import { isFresh } from './preconditions';
import type { Representation } from './representation';

/** The status and header fields of an answer; `wholeBody` says whether the file's bytes follow. */
export interface Decision {
  readonly status: number;
  readonly headers: HeaderFields;
  readonly wholeBody: boolean;
}

/** Decides how a GET or HEAD for a representation is answered. The order is that of RFC 9110 §13.2.2. */
export function decide(request: SharedRequest, representation: Representation): Decision {
  const conditional = representation.caching.maxAge !== null;
  if (conditional && isFresh(request.headers, representation)) {
    return { status: 304, headers: metadata(representation), wholeBody: false };
  }
  const headers = metadata(representation);
  headers.push('Content-Type', representation.contentType);
  headers.push('Content-Length', String(representation.size));
  headers.push('Last-Modified', representation.lastModified);
  return { status: 200, headers, wholeBody: request.method !== 'HEAD' };
}

/** What a 304 repeats of a 200 (RFC 9110 §15.4.5). */
function metadata({ etag, caching }: Representation): HeaderFields {
  const headers: HeaderFields = [];
  if (etag !== undefined) headers.push('ETag', etag);
  headers.push('Cache-Control', caching.cacheControl);
  if (caching.maxAge !== null) headers.push('Expires', expires(caching.maxAge));
  return headers;
}
