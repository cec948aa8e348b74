import { Representation } from '../../../src/decide/representation';
import { cachedRepresentation, type RepresentationKey } from '../../../src/decide/representation-cache';
import { cachePolicy } from '../../../src/http/cache-control';
import type { Memo } from '../../../src/types';

const KEY: RepresentationKey = {
  filename: 'a.txt',
  fallbackMimetype: 'application/octet-stream',
  mediaType: undefined,
  cacheControl: 'public',
  cache: true,
  coding: undefined,
  vary: undefined,
  useAsDictionary: undefined,
};

const MTIME = new Date(1e12);

function create(): Representation {
  return new Representation({
    contentType: 'text/plain',
    coding: undefined,
    vary: undefined,
    size: 1,
    digest: undefined,
    etag: undefined,
    lastModified: 'Tue, 14 Nov 2023 22:13:20 GMT',
    caching: cachePolicy('public'),
    hasStrongDate: true,
    isConditional: true,
    acceptsRanges: true,
  });
}

test('a representation is created once per version and settings', () => {
  const memo: Memo = {};
  const first = cachedRepresentation(memo, KEY, MTIME, create);
  expect(cachedRepresentation(memo, { ...KEY }, MTIME, create)).toBe(first);
});

test.each<[string, Partial<RepresentationKey>]>([
  ['filename', { filename: 'b.txt' }],
  ['fallback media type', { fallbackMimetype: 'text/plain' }],
  ['Cache-Control', { cacheControl: 'no-cache' }],
  ['cache setting', { cache: false }],
  ['content coding', { coding: 'br' }],
  ['Vary', { vary: 'Accept-Encoding' }],
  ['Use-As-Dictionary', { useAsDictionary: 'match="/a.*.txt"' }],
])('another %s creates another representation', (_name, change) => {
  const memo: Memo = {};
  const first = cachedRepresentation(memo, KEY, MTIME, create);
  expect(cachedRepresentation(memo, { ...KEY, ...change }, MTIME, create)).not.toBe(first);
});

test('without a memo, a representation is created for each request', () => {
  const first = cachedRepresentation(undefined, KEY, MTIME, create);
  expect(cachedRepresentation(undefined, KEY, MTIME, create)).not.toBe(first);
});

test('a file with a modification time in the future gets a new representation for each request', () => {
  const memo: Memo = {};
  const future = new Date(Date.now() + 60_000);
  const first = cachedRepresentation(memo, KEY, future, create);
  expect(cachedRepresentation(memo, KEY, future, create)).not.toBe(first);
});
