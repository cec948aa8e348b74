import fc from 'fast-check';
import { entityTag, listedTags, matchesStrongly, encodedTag } from '../../../src/http/entity-tags';

describe('an entity tag', () => {
  test.each([
    ['abc', '"abc"'],
    ['"abc"', '"abc"'],
    ['W/"abc"', 'W/"abc"'],
    ['', '""'],
  ])('from the text %s is formatted as %s', (text, formatted) => {
    expect(entityTag(text)).toBe(formatted);
  });

  test.each(['a b', 'a"b', '"a', 'a\r\nX: y', 'W/"a b"', '\u{1F600}'])(
    'from the invalid text %j is rejected',
    (text) => {
      expect(() => entityTag(text)).toThrow(`got ${JSON.stringify(text)}`);
    },
  );

  test('of an encoded representation has the content coding as a suffix', () => {
    expect(encodedTag('"abc"', 'br')).toBe('"abc-br"');
    expect(encodedTag('W/"abc"', 'gzip')).toBe('W/"abc-gzip"');
  });

  test('matches another strongly only if both are strong', () => {
    expect(matchesStrongly('"a"', '"a"')).toBe(true);
    expect(matchesStrongly('W/"a"', 'W/"a"')).toBe(false);
    expect(matchesStrongly('W/"a"', '"a"')).toBe(false);
    expect(matchesStrongly('"a"', 'W/"a"')).toBe(false);
    expect(matchesStrongly('"a"', undefined)).toBe(false);
  });
});

describe('a list of entity tags', () => {
  test.each([
    ['"a"', ['"a"']],
    ['"a", W/"b","c"', ['"a"', 'W/"b"', '"c"']],
    ['"a,b"', ['"a,b"']],
    [' ,\t"a" ,, ', ['"a"']],
    ['""', ['""']],
    ['', []],
    ['junk', []],
    ['"a", junk, "b"', ['"a"']],
    ['"a" "b"', []],
    ['w/"a"', []],
    ['"unfinished', []],
  ])('%j is parsed as %j', (field, tags) => {
    expect(listedTags(field)).toEqual(tags);
  });

  test('is parsed back to the tags that it was formatted from', () => {
    const tag = fc
      .tuple(fc.constantFrom('', 'W/'), fc.stringMatching(/^[!#-~]*$/))
      .map(([weak, text]) => `${weak}"${text}"`);
    fc.assert(
      fc.property(fc.array(tag), (tags) => {
        expect(listedTags(tags.join(', '))).toEqual(tags);
      }),
    );
  });
});
