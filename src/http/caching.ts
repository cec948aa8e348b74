import { httpDate } from './date';

/** How long caches may keep an answer. */
export interface CachePolicy {
  readonly cacheControl: string;
  /** Seconds that Expires is to agree with; null for an answer without Expires. */
  readonly maxAge: number | null;
}

const MAX_AGE = /(?:^|[,\s])max-age="?(\d+)/i;

/** Cache-Control of files whose content never changes under their name: a year (RFC 8246). */
export const IMMUTABLE = 'max-age=31536000, public, immutable';

/** A policy from the value of Cache-Control; Expires then agrees with its `max-age` (RFC 9111 §5.3). */
export function cachePolicy(cacheControl: string): CachePolicy {
  const seconds = MAX_AGE.exec(cacheControl)?.[1];
  return { cacheControl, maxAge: seconds === undefined ? null : Number(seconds) };
}

/** Expires of the second that was last asked for, by lifetime: a busy server writes it once a second. */
const written = new Map<number, { readonly second: number; readonly text: string }>();

/** More lifetimes than this come from a function that makes them up; none is worth keeping then. */
const MOST_WRITTEN = 100;

/** The Expires date that agrees with a lifetime in seconds. HTTP-dates end with the year 9999. */
export function expires(maxAge: number, now: number = Date.now()): string {
  const second = Math.floor(now / 1000);
  const last = written.get(maxAge);
  if (last?.second === second) return last.text;
  const text = httpDate(Math.min((second + maxAge) * 1000, Date.UTC(9999, 11, 31)));
  if (written.size >= MOST_WRITTEN) written.clear();
  written.set(maxAge, { second, text });
  return text;
}
