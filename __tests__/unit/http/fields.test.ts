import { cachePolicy, expires } from '../../../src/http/cache-control';
import { contentType } from '../../../src/http/media-type';
import { redirectToSlash } from '../../../src/http/redirect';

describe('the Content-Type', () => {
  test.each([
    ['a.html', 'text/html; charset=utf-8'],
    ['a.svg', 'image/svg+xml; charset=utf-8'],
    ['a.JSON', 'application/json'],
    ['a.tar.gz', 'application/gzip'],
    ['html', 'application/x-fallback'],
    ['.html', 'application/x-fallback'],
    ['a.', 'application/x-fallback'],
    ['a.unknown', 'application/x-fallback'],
  ])('of %s is %s', (filename, expected) => {
    expect(contentType(filename, 'application/x-fallback')).toBe(expected);
  });

  test('of a textual fallback has charset=utf-8, unless it has parameters', () => {
    expect(contentType('a', 'text/plain')).toBe('text/plain; charset=utf-8');
    expect(contentType('a', 'text/plain;charset=latin1')).toBe('text/plain;charset=latin1');
  });
});

describe('a Cache-Control policy', () => {
  test.each([
    ['max-age=60, public', 60],
    ['public,MAX-AGE=60', 60],
    ['max-age="60"', 60],
    ['s-maxage=60', null],
    ['s-maxage=600, max-age=60, stale-while-revalidate=30', 60],
    ['no-cache', null],
    ['no-store', null],
  ])('"%s" has the max-age %s', (cacheControl, maxAge) => {
    expect(cachePolicy(cacheControl)).toEqual({ cacheControl, maxAge });
  });

  test('limits Expires to the last valid HTTP-date', () => {
    expect(expires(Number.MAX_SAFE_INTEGER)).toBe('Fri, 31 Dec 9999 23:59:59 GMT');
    expect(expires(60, 0)).toBe('Thu, 01 Jan 1970 00:01:00 GMT');
  });
});

describe('a redirect to the trailing slash of a directory', () => {
  test.each([
    ['/docs', './docs/'],
    ['/a/docs?x=1&y=/z', './docs/?x=1&y=/z'],
    ['//evil.example', './evil.example/'],
    ['http://evil.example/docs', './docs/'],
    ['/javascript:alert(1)', './javascript:alert(1)/'],
    ['/%C3%BC?\xfc', './%C3%BC/?%C3%BC'],
    ['/a?b\r\nSet-Cookie: x', './a/?b%0D%0ASet-Cookie:%20x'],
    ['/☃?\u{1F600}', './%E2%98%83/?%F0%9F%98%80'],
    ['/a?\uD83D', './a/?%EF%BF%BD'],
    ['/a?\uDE00\uD83D', './a/?%EF%BF%BD%EF%BF%BD'],
  ])('from %j has the Location %s', (target, location) => {
    const { status, headers } = redirectToSlash(308, target);
    expect([status, headers.slice(0, 2)]).toEqual([308, ['Location', location]]);
  });

  test('escapes the target in its HTML body', () => {
    const body = Buffer.from(
      redirectToSlash(301, `/"><script>alert('1')</script>?<&`).body as Uint8Array,
    ).toString();
    expect(body).not.toMatch(/<script/i);
    expect(body).toContain('script&#62;/?&#60;&#38;');
    expect(body).toMatch(/^<!doctype html>/);
  });
});
