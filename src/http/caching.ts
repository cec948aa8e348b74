import { httpDate } from './date';

/** How long caches may keep an answer. */
export interface CachePolicy {
  readonly cacheControl: string;
  /** Seconds that Expires is to agree with; null for an answer without Expires. */
  readonly maxAge: number | null;
}

const MAX_AGE = /(?:^|[,\s])max-age="?(\d+)/i;

/** The policy of files whose content never changes under their name: a year (RFC 8246). */
export const IMMUTABLE: CachePolicy = cachePolicy('max-age=31536000, public, immutable');

/** A policy from the value of Cache-Control; Expires then agrees with its `max-age` (RFC 9111 §5.3). */
export function cachePolicy(cacheControl: string): CachePolicy {
  const seconds = MAX_AGE.exec(cacheControl)?.[1];
  return { cacheControl, maxAge: seconds === undefined ? null : Number(seconds) };
}

/** The Expires date that agrees with a lifetime. HTTP-dates end with the year 9999. */
export function expires(maxAge: number, now: number = Date.now()): string {
  return httpDate(Math.min(now + maxAge * 1000, Date.UTC(9999, 11, 31)));
}
