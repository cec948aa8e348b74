import fc from 'fast-check';
import { entityTag, listedTags, matchesStrongly, tagOfCoding } from '../../src/http/entity-tags';

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

  test('of a content coding is another', () => {
    expect(tagOfCoding('"abc"', 'br')).toBe('"abc-br"');
    expect(tagOfCoding('W/"abc"', 'gzip')).toBe('W/"abc-gzip"');
  });

  test('is strongly the same only if it is not weak', () => {
    expect(matchesStrongly('"a"', '"a"')).toBe(true);
    expect(matchesStrongly('W/"a"', 'W/"a"')).toBe(false);
    expect(matchesStrongly('W/"a"', '"a"')).toBe(false);
    expect(matchesStrongly('"a"', 'W/"a"')).toBe(false);
    expect(matchesStrongly('"a"', undefined)).toBe(false);
  });
});

describe('a list of tags', () => {
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
  ])('%j holds %j', (field, tags) => {
    expect(listedTags(field)).toEqual(tags);
  });

  test('is read back as it was written', () => {
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
