import { contentType } from '../../src/http/media-type';
import { entityTag } from '../../src/http/entity-tags';

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

  test('of a fallback for text says UTF-8, unless it has parameters', () => {
    expect(contentType('a', 'text/plain')).toBe('text/plain; charset=utf-8');
    expect(contentType('a', 'text/plain;charset=latin1')).toBe('text/plain;charset=latin1');
  });
});

describe('an entity tag', () => {
  test.each([
    ['abc', '"abc"'],
    ['"abc"', '"abc"'],
    ['W/"abc"', 'W/"abc"'],
    ['', '""'],
  ])('%s is sent as %s', (text, sent) => {
    expect(entityTag(text)).toBe(sent);
  });

  test.each(['a b', 'a"b', '"a', 'a\r\nX: y', 'W/"a b"', '\u{1F600}'])('cannot be %j', (text) => {
    expect(() => entityTag(text)).toThrow(`got ${JSON.stringify(text)}`);
  });
});
