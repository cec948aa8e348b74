import type { CacheScope, SharedFile } from '../types';
import { httpDate } from './date';

/** How long caches may keep a response. */
export interface CachePolicy {
  readonly cacheControl: string | undefined;
  /** Seconds for Expires to agree with. Null for a response without Expires. */
  readonly maxAge: number | null;
}

/** The options of the middleware that determine Cache-Control. */
export interface CacheControlOptions {
  readonly cacheControl: string | ((file: SharedFile) => string) | undefined;
  readonly immutable: RegExp | ((path: string) => boolean) | undefined;
}

/** The fields of the middleware that determine the default Cache-Control. They can change at any time. */
export interface CacheControlSettings {
  readonly cache: boolean;
  readonly cacheTimeout: number;
}

const MAX_AGE = /(?:^|[,\s])max-age="?(\d+)/i;

/** Cache-Control of files whose content never changes under their name: one year (RFC 8246). */
const IMMUTABLE: Readonly<Record<CacheScope, string>> = {
  public: 'max-age=31536000, public, immutable',
  private: 'max-age=31536000, private, immutable',
};

/** What determines Cache-Control unless the option `cacheControl` does. */
export interface CacheControlDefaults {
  /** `'private'` if the file was allowed for this request only. */
  readonly scope: CacheScope;
  /** The value that the store of the file keeps with it. */
  readonly own: string | undefined;
}

/** The value of Cache-Control for a file: what the options say, else its own, else Werkzeug's default. */
export function cacheControlFor(
  file: SharedFile,
  { cacheControl, immutable }: CacheControlOptions,
  settings: CacheControlSettings,
  { scope, own }: CacheControlDefaults,
): string {
  if (immutable !== undefined && isImmutable(immutable, file.path ?? file.filename)) return IMMUTABLE[scope];
  if (typeof cacheControl === 'function') return cacheControl(file);
  if (cacheControl !== undefined) return cacheControl;
  if (own === undefined) return defaultCacheControl(settings, scope);
  return scope === 'private' ? withoutSharedCaches(own) : own;
}

const DIRECTIVE = /[^\s,=]+(?:=(?:"[^"]*"|[^\s,"]*))?/g;

/** The same for the cache of the client only (RFC 9111 §5.2.2). */
function withoutSharedCaches(cacheControl: string): string {
  const directives = cacheControl.match(DIRECTIVE) ?? [];
  const kept = directives.filter((directive) => !/^(?:public|private|s-maxage)(?:=|$)/i.test(directive));
  // First, because an unterminated quote would hide what follows it.
  return ['private', ...kept].join(', ');
}

/** Werkzeug's Cache-Control. Without caching there is no lifetime. */
function defaultCacheControl({ cache, cacheTimeout }: CacheControlSettings, scope: CacheScope): string {
  return cache ? `max-age=${cacheTimeout}, ${scope}` : scope;
}

/**
 * Whether the option says that a file never changes under its name.
 *
 * `search` and not `test`: with the flag `g`, `test` would start where its last call ended.
 */
export function isImmutable(immutable: RegExp | ((path: string) => boolean), path: string): boolean {
  return typeof immutable === 'function' ? immutable(path) : path.search(immutable) !== -1;
}

/** The policy for a value of Cache-Control. Expires agrees with its `max-age` (RFC 9111 §5.3). */
export function cachePolicy(cacheControl: string): CachePolicy {
  const seconds = MAX_AGE.exec(cacheControl)?.[1];
  return { cacheControl, maxAge: seconds === undefined ? null : Number(seconds) };
}

/** The last Expires by lifetime. A busy server formats each once per second. */
const formatted = new Map<number, { readonly second: number; readonly text: string }>();

/** With more lifetimes than this, a function computes them for each file, and keeping them is of no use. */
const MAX_FORMATTED = 100;

/**
 * The Expires date that agrees with a lifetime in seconds. An HTTP-date cannot be later than the year 9999.
 */
export function expires(maxAge: number, now: number = Date.now()): string {
  const second = Math.floor(now / 1000);
  const last = formatted.get(maxAge);
  if (last?.second === second) return last.text;
  const text = httpDate((second + maxAge) * 1000);
  if (formatted.size >= MAX_FORMATTED) formatted.clear();
  formatted.set(maxAge, { second, text });
  return text;
}
