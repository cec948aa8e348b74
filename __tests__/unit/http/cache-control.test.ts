import { cacheControlFor, type CacheControlOptions } from '../../../src/http/cache-control';
import type { CacheScope } from '../../../src/types';

const file = { filename: 'app.3f2a.js', path: 'assets/app.3f2a.js', mtime: new Date(0), size: 3 };

function cacheControl(
  options: Partial<CacheControlOptions> = {},
  { scope = 'public', own }: { scope?: CacheScope; own?: string } = {},
  settings = { cache: true, cacheTimeout: 43_200 },
  of: typeof file | { path: null } = file,
): string {
  const checked = { cacheControl: undefined, immutable: undefined, ...options };
  return cacheControlFor({ ...file, ...of }, checked, settings, { scope, own });
}

test.each<[CacheScope, boolean, string]>([
  ['public', true, 'max-age=43200, public'],
  ['private', true, 'max-age=43200, private'],
  ['public', false, 'public'],
  ['private', false, 'private'],
])('the default for %s, with cache: %s, is %s', (scope, cache, expected) => {
  expect(cacheControl({}, { scope }, { cache, cacheTimeout: 43_200 })).toBe(expected);
});

test.each<[string, CacheControlOptions['immutable'], string]>([
  ['a matching pattern', /\.[0-9a-f]{4}\.js$/, 'max-age=31536000, public, immutable'],
  ['a matching pattern with a state', /\.js$/g, 'max-age=31536000, public, immutable'],
  ['a pattern that starts later', /^app/, 'max-age=43200, public'],
  ['a function', (path) => path.startsWith('assets/'), 'max-age=31536000, public, immutable'],
  ['a function that returns false', () => false, 'max-age=43200, public'],
])('immutable with %s gives %s', (_what, immutable, expected) => {
  expect(cacheControl({ immutable })).toBe(expected);
  expect(cacheControl({ immutable })).toBe(expected);
});

test('immutable is matched against the name of a file that has no path', () => {
  expect(cacheControl({ immutable: /^app/ }, {}, undefined, { path: null })).toContain('immutable');
});

test('an immutable file that was allowed for one request is private', () => {
  expect(cacheControl({ immutable: /js/ }, { scope: 'private' })).toBe(
    'max-age=31536000, private, immutable',
  );
});

test.each<[CacheControlOptions['cacheControl'], string]>([
  ['no-cache', 'no-cache'],
  [({ filename, size }) => `max-age=${size}, x=${filename}`, 'max-age=3, x=app.3f2a.js'],
])('the option %p decides, whatever the store or the scope is', (option, expected) => {
  expect(cacheControl({ cacheControl: option }, { own: 'max-age=1', scope: 'private' })).toBe(expected);
});

test.each([
  ['public, max-age=60', 'private, max-age=60'],
  ['max-age=60, s-maxage=600, Public', 'private, max-age=60'],
  ['private="x", max-age=60', 'private, max-age=60'],
  ['no-store', 'private, no-store'],
  ['max-age=60, publicly', 'private, max-age=60, publicly'],
  ['', 'private'],
  ['max-age=60, x="a, public', 'private, max-age=60, x=, "a'],
])('the value of a store, %j, is private if the file was allowed for one request: %s', (own, expected) => {
  expect(cacheControl({}, { own, scope: 'private' })).toBe(expected);
  expect(cacheControl({}, { own })).toBe(own);
});
