import { httpDate } from './date';

/** How long caches may keep an answer, or null where nothing is to be cached or conditional. */
export interface CachePolicy {
  readonly cacheControl: string;
  /** Seconds; null for an answer without Expires. */
  readonly maxAge: number | null;
}

/** Werkzeug's policy: a lifetime in seconds, or with `cache: false` no validators and no lifetime. */
export function cachePolicy(cache: boolean, cacheTimeout: number): CachePolicy {
  return cache
    ? { cacheControl: `max-age=${cacheTimeout}, public`, maxAge: cacheTimeout }
    : { cacheControl: 'public', maxAge: null };
}

/** The Expires date that agrees with a lifetime (RFC 9111 §5.3). */
export function expires(maxAge: number, now: number = Date.now()): string {
  return httpDate(now + maxAge * 1000);
}
