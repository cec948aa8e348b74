import { fallbackAnswer, fallbackCacheControl } from '../../../src/decide/fallback';

const page = { file: 'index.html', status: 200 } as const;
const errorPage = { file: '404.html', status: 404 } as const;

test.each([
  [page, 'public', undefined, 'no-cache'],
  [page, 'public', 'max-age=31536000, immutable', 'no-cache'],
  [page, 'private', undefined, 'private, no-cache'],
  [page, 'public', 'private, max-age=60', 'private, no-cache'],
  [page, 'public', 'max-age=60, No-Store', 'no-store'],
  [errorPage, 'private', 'max-age=60', 'no-store'],
] as const)('Cache-Control of %j, allowed %s, with its own %p, is %s', (fallback, scope, own, expected) => {
  expect(fallbackCacheControl(fallback, scope, own)).toBe(expected);
});

test.each([
  [
    ['ETag', '"1"'],
    ['ETag', '"1"', 'Vary', 'Accept, Sec-Fetch-Mode'],
  ],
  [
    ['vary', 'Accept-Encoding', 'ETag', '"1"'],
    ['ETag', '"1"', 'Vary', 'Accept-Encoding, Accept, Sec-Fetch-Mode'],
  ],
  [
    ['Vary', 'accept, Origin'],
    ['Vary', 'accept, Origin, Sec-Fetch-Mode'],
  ],
  [
    ['Vary', '*'],
    ['Vary', '*'],
  ],
])('the fields %j become %j', (headers, expected) => {
  expect(fallbackAnswer({ status: 200, headers, body: null }, page).headers).toEqual(expected);
});

test('the answer with an error page is that of an error, without a file', () => {
  const file = { filename: '404.html', path: '404.html', mtime: new Date(), size: 1 };
  expect(fallbackAnswer({ status: 404, headers: [], body: null, file }, errorPage).file).toBeUndefined();
  expect(fallbackAnswer({ status: 200, headers: [], body: null, file }, page).file).toBe(file);
});
