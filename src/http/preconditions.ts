import fresh from 'fresh';
import type { IncomingHttpHeaders } from 'node:http';
import { httpDate, parseHttpDate } from './date';
import { listedTags, matchesStrongly, matchesWeakly } from './entity-tags';

/** The validators of a representation (RFC 9110 §8.8). */
export interface Validators {
  /** Quoted, as it is sent. */
  readonly etag: string | undefined;
  /** An HTTP-date. */
  readonly lastModified: string | undefined;
}

/** The outcome of the preconditions: send the response, send 304, or send 412. */
export type Outcome = 'proceed' | 'not modified' | 'failed';

/** Evaluates the preconditions in the order of RFC 9110 §13.2.2. If-Range is evaluated with Range. */
export function evaluatePreconditions(request: IncomingHttpHeaders, validators: Validators): Outcome {
  const match = request['if-match'];
  const unmodifiedSince = request['if-unmodified-since'];
  if (match !== undefined) {
    if (!ifMatch(match, validators.etag)) return 'failed';
  } else if (unmodifiedSince !== undefined && !ifUnmodifiedSince(unmodifiedSince, validators.lastModified)) {
    return 'failed';
  }
  return isFresh(request, validators) ? 'not modified' : 'proceed';
}

/**
 * If-Match (RFC 9110 §13.1.1): a listed tag matches under strong comparison, or `*`, since the file exists.
 */
export function ifMatch(field: string, etag: string | undefined): boolean {
  return field.trim() === '*' || listedTags(field).some((tag) => matchesStrongly(tag, etag));
}

/** If-Unmodified-Since (RFC 9110 §13.1.4): not modified after the date. True if the field is not a date. */
export function ifUnmodifiedSince(field: string, lastModified: string | undefined): boolean {
  return !(parseHttpDate(lastModified ?? '') > parseHttpDate(field));
}

/**
 * Whether the client's copy is still current: If-None-Match, else If-Modified-Since (RFC 9110 §13.1.2,
 * §13.1.3). `fresh` decides. With `Cache-Control: no-cache` in the request, no copy is current for it.
 */
export function isFresh(request: IncomingHttpHeaders, validators: Validators): boolean {
  const noneMatch = request['if-none-match'];
  const modifiedSince = request['if-modified-since'];
  if (noneMatch === undefined && modifiedSince === undefined) return false;
  // What nearly all clients send. The text needs no parser then.
  if (noneMatch === validators.etag && noneMatch !== undefined && request['cache-control'] === undefined)
    return true;
  return fresh(
    {
      'cache-control': request['cache-control'],
      'if-none-match': readableByFresh(noneMatch, validators.etag),
      'if-modified-since': noneMatch === undefined ? imfFixdate(modifiedSince) : undefined,
    },
    { etag: validators.etag, 'last-modified': validators.lastModified },
  );
}

/**
 * A list with the current ETag becomes `*`, which always matches. `fresh` splits lists at every comma, also
 * inside of an ETag, and knows only spaces as white space (RFC 9110 §8.8.3, §5.6.3). The comparison is weak
 * (§13.1.2).
 */
function readableByFresh(noneMatch: string | undefined, etag: string | undefined): string | undefined {
  if (noneMatch === undefined || etag === undefined) return noneMatch;
  const isListed = noneMatch === etag || listedTags(noneMatch).some((tag) => matchesWeakly(tag, etag));
  return isListed ? '*' : noneMatch;
}

/** `fresh` reads dates with `Date.parse`, which is correct for the IMF-fixdate form only. */
function imfFixdate(date: string | undefined): string | undefined {
  const time = date === undefined ? NaN : parseHttpDate(date);
  return Number.isNaN(time) ? undefined : httpDate(time);
}

/**
 * A Last-Modified that is this many milliseconds older than the response is a strong validator (RFC 9110
 * §8.8.2.2).
 */
const STRONG_AFTER_MS = 1000;

/**
 * If-Range (RFC 9110 §13.1.5): whether the client's part is of this version. A weak tag never matches, and
 * neither does another date or one that is not yet a strong validator.
 */
export function ifRange(
  field: string,
  { etag, lastModified }: Validators,
  now: number = Date.now(),
): boolean {
  if (field.includes('"')) return matchesStrongly(field.trim(), etag);
  const modified = parseHttpDate(lastModified ?? '');
  return parseHttpDate(field) === modified && now - modified >= STRONG_AFTER_MS;
}
