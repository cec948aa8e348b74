import { Representation } from '../../../src/decide/representation';
import { cachedRepresentation, type RepresentationKey } from '../../../src/decide/representation-cache';
import { cachePolicy } from '../../../src/http/cache-control';
import type { Memo } from '../../../src/types';

const KEY: RepresentationKey = {
  filename: 'a.txt',
  fallbackMimetype: 'application/octet-stream',
  cacheControl: 'public',
  cache: true,
  negotiated: { coding: undefined, varies: false },
};

function create(): Representation {
  return new Representation({
    contentType: 'text/plain',
    coding: undefined,
    varies: false,
    size: 1,
    etag: undefined,
    lastModified: 'Tue, 14 Nov 2023 22:13:20 GMT',
    caching: cachePolicy('public'),
    isConditional: true,
    acceptsRanges: true,
  });
}

test('a representation is created once per version and settings', () => {
  const memo: Memo = {};
  const first = cachedRepresentation(memo, KEY, create);
  expect(cachedRepresentation(memo, { ...KEY, negotiated: { ...KEY.negotiated } }, create)).toBe(first);
});

test.each<[string, Partial<RepresentationKey>]>([
  ['filename', { filename: 'b.txt' }],
  ['fallback media type', { fallbackMimetype: 'text/plain' }],
  ['Cache-Control', { cacheControl: 'no-cache' }],
  ['cache setting', { cache: false }],
  ['content coding', { negotiated: { coding: 'br', varies: false } }],
  ['Vary', { negotiated: { coding: undefined, varies: true } }],
])('another %s creates another representation', (_name, change) => {
  const memo: Memo = {};
  const first = cachedRepresentation(memo, KEY, create);
  expect(cachedRepresentation(memo, { ...KEY, ...change }, create)).not.toBe(first);
});

test('without a memo, a representation is created for each request', () => {
  const first = cachedRepresentation(undefined, KEY, create);
  expect(cachedRepresentation(undefined, KEY, create)).not.toBe(first);
});
