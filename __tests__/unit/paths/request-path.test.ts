import fc from 'fast-check';
import { isCanonicalPath, requestPath } from '../../../src/paths/request-path';

describe('requestPath', () => {
  test.each([
    ['/', '/'],
    ['/a/b.txt', '/a/b.txt'],
    ['/a/', '/a/'],
    ['/a?b=/../c', '/a'],
    ['/a%20b', '/a b'],
    ['/%C3%BC', '/ü'],
    ['/%c3%bc', '/ü'],
    ['/n%6fte', '/note'],
    ['/100%25', '/100%'],
    ['/%252e%252e', '/%2e%2e'],
    ['/q%3Fmark', '/q?mark'],
    ['/hash%23tag', '/hash#tag'],
    ['/.hidden/..x/...', '/.hidden/..x/...'],
    ['http://example.com/a', '/a'],
    ['HTTPS://user@[::1]:80/a?b', '/a'],
    ['http://example.com', '/'],
    ['http://example.com?a', '/'],
  ])('of %s is %s', (target, path) => {
    expect(requestPath(target)).toBe(path);
  });

  test.each([
    '',
    'a',
    '../a',
    '*',
    'example.com:443',
    'ftp://example.com/a',
    '//a',
    '/a//b',
    '/a//',
    '/./a',
    '/a/.',
    '/a/..',
    '/../a',
    '/a/../b',
    '/%2e/a',
    '/%2E%2e/a',
    '/a/%2e',
    '/.%2e/a',
    '/a%2fb',
    '/a%2Fb',
    '/a%5cb',
    '/a%5Cb',
    '/a\\b',
    '/a%00',
    '/a#b',
    '/%',
    '/%4',
    '/%zz',
    '/%ff',
    '/%c0%ae',
    '/%ed%a0%80',
    '/\xfc',
    '/ü',
    '/a b',
    'http://example.com//a',
    'http://example.com/../a',
    'http:\\\\example.com/a',
  ])('of %j is null', (target) => {
    expect(requestPath(target)).toBeNull();
  });

  test('is null or canonical for any target', () => {
    const part = fc.constantFrom(
      '/',
      '.',
      '..',
      '%2e',
      '%2F',
      '%5c',
      '\\',
      'a',
      '%',
      '%25',
      '%00',
      '?',
      '#',
      'http://',
      'ü',
    );
    fc.assert(
      fc.property(
        fc.oneof(
          fc.array(part).map((parts) => parts.join('')),
          fc.string(),
        ),
        (target) => {
          const path = requestPath(target);
          expect(path === null || (path.startsWith('/') && isCanonicalPath(path))).toBe(true);
        },
      ),
    );
  });

  test('decodes any canonical path that was escaped with encodeURIComponent', () => {
    const name = fc
      .string({ unit: 'binary', minLength: 1 })
      .filter((text) => !/^\.{1,2}$|[/\\\0]/.test(text));
    fc.assert(
      fc.property(fc.array(name, { minLength: 1 }), (names) => {
        expect(requestPath(`/${names.map(encodeURIComponent).join('/')}?query`)).toBe(`/${names.join('/')}`);
      }),
    );
  });
});
