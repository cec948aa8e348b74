import fresh from 'fresh';
import type { IncomingHttpHeaders } from 'node:http';
import { httpDate, parseHttpDate } from './date';
import type { Representation } from './representation';

/**
 * Whether the client's copy is still good: If-None-Match, else If-Modified-Since (RFC 9110 §13.1.2, §13.1.3).
 * `fresh` decides; it also leaves a request with `Cache-Control: no-cache` its full answer.
 */
export function isFresh(request: IncomingHttpHeaders, representation: Representation): boolean {
  const noneMatch = request['if-none-match'];
  const modifiedSince = request['if-modified-since'];
  if (noneMatch === undefined && modifiedSince === undefined) return false;
  return fresh(
    {
      'cache-control': request['cache-control'],
      'if-none-match': noneMatch,
      'if-modified-since': noneMatch === undefined ? imfFixdate(modifiedSince) : undefined,
    },
    { etag: representation.etag, 'last-modified': representation.lastModified },
  );
}

/** `fresh` reads dates with `Date.parse`, which is right for the IMF-fixdate form alone. */
function imfFixdate(date: string | undefined): string | undefined {
  const time = date === undefined ? NaN : parseHttpDate(date);
  return Number.isNaN(time) ? undefined : httpDate(time);
}
