import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { acceptedDictionaryCodings } from '../../../src/http/accept-encoding';
import { availableDictionary, isReadable, shortHash, streamHeader } from '../../../src/http/dictionary';
import { deltaTag, listedDelta } from '../../../src/http/entity-tags';
import { pathMatcher, useAsDictionary } from '../../../src/http/use-as-dictionary';
import { deltaName, originalName } from '../../../src/paths/encoded-name';
import { DICTIONARY_CODINGS } from '../../../src/types';

const HASH = createHash('sha256').update('old').digest();
const BASE64 = HASH.toString('base64');
const HEX = HASH.toString('hex');

describe('Available-Dictionary', () => {
  test.each([
    [`:${BASE64}:`, HEX],
    [` :${BASE64}: `, HEX],
    [`:${BASE64.slice(0, -1)}:`, HEX],
    [undefined, null],
    ['', null],
    ['::', null],
    [BASE64, null],
    [`:${BASE64}`, null],
    [`:${BASE64}:, :${BASE64}:`, null],
    [[`:${BASE64}:`, `:${BASE64}:`], null],
    [`:${HASH.subarray(1).toString('base64')}:`, null],
    [`:${BASE64.replaceAll(/[+/]/g, '-')}-:`, null],
    [`"${BASE64}"`, null],
    [`:${'A'.repeat(8192)}:`, null],
    [' '.repeat(8192), null],
  ])('%j names the dictionary %s', (field, hash) => {
    expect(availableDictionary(field)).toBe(hash);
  });

  test('names each dictionary by its hash', () => {
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 32, maxLength: 32 }), (hash) => {
        const bytes = Buffer.from(hash);
        expect(availableDictionary(`:${bytes.toString('base64')}:`)).toBe(bytes.toString('hex'));
      }),
    );
  });

  test('is a hash or null for every text', () => {
    const part = fc.constantFrom(':', '=', BASE64, ' ', ',', ';a=1', 'A', '"');
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string(),
          fc.array(part).map((parts) => parts.join('')),
        ),
        (field) => {
          expect(availableDictionary(field) ?? HEX).toMatch(/^[\da-f]{64}$/);
        },
      ),
    );
  });
});

test('the header of a stream has the magic number and the hash', () => {
  expect(streamHeader('dcz', HEX).toString('hex')).toBe(`5e2a4d1820000000${HEX}`);
  expect(streamHeader('dcb', HEX).toString('hex')).toBe(`ff444342${HEX}`);
});

describe('Sec-Fetch-Site and Sec-Fetch-Mode', () => {
  test.each([
    [undefined, undefined, undefined, true],
    [undefined, 'no-cors', undefined, true],
    ['same-origin', 'no-cors', undefined, true],
    ['cross-site', undefined, undefined, true],
    ['cross-site', 'navigate', undefined, true],
    ['none', 'navigate', undefined, true],
    ['same-site', 'same-origin', undefined, true],
    ['cross-site', 'cors', 'https://example.com', true],
    ['cross-site', 'cors', undefined, false],
    ['cross-site', 'no-cors', undefined, false],
    ['cross-site', 'no-cors', 'https://example.com', false],
    ['same-site', 'no-cors', undefined, false],
    ['cross-site', 'websocket', undefined, false],
    ['', '', undefined, false],
  ])('of %p and %p, with Origin %p, allow a dictionary: %p', (site, mode, origin, expected) => {
    const headers = { 'sec-fetch-site': site, 'sec-fetch-mode': mode, origin };
    expect(isReadable({ headers })).toBe(expected);
  });
});

describe('Accept-Encoding', () => {
  test.each([
    [undefined, ''],
    ['', ''],
    ['gzip, br, zstd', ''],
    ['*', ''],
    ['gzip, deflate, br, zstd, dcb, dcz', 'dcb dcz'],
    ['dcz', 'dcz'],
    ['DCZ', 'dcz'],
    ['dcz;q=0', ''],
    ['dcz;q=0, *', ''],
    ['dcz;q=0.5, dcb ; q=0.1', 'dcz dcb'],
    ['*, dcb', 'dcb'],
    ['dcz, *;q=0', 'dcz'],
    ['dcz;q=x', ''],
    ['adcz, dczb', ''],
    ['dcz'.repeat(2700), ''],
  ])('of %j accepts the dictionary codings "%s"', (field, expected) => {
    expect(acceptedDictionaryCodings(field).join(' ')).toBe(expected);
  });
});

describe('Use-As-Dictionary', () => {
  test.each([
    [{ match: '/app.*.js' }, 'match="/app.*.js"'],
    [
      { match: '/*', id: 'a "b" \\c', matchDest: ['script', ''] },
      'match="/*", match-dest=("script" ""), id="a \\"b\\" \\\\c"',
    ],
    [{ match: '/', matchDest: [] }, 'match="/", match-dest=()'],
  ])('of %j is %s', (parameters, value) => {
    expect(useAsDictionary(parameters)).toBe(value);
  });

  test.each([
    ['/app.js', '/app.js', true],
    ['/app.js', '/app.js2', false],
    ['/app.*.js', '/app.1.js', true],
    ['/app.*.js', '/app..js', true],
    ['/app.*.js', '/app.js', false],
    ['/app.*.js', '/app.1/2.js', true],
    ['/*/main.*.js', '/v1/main.2.js', true],
    ['/*/main.*.js', '/v1/other.2.js', false],
    ['/*', '/', true],
    ['/a*b*b', '/ab', false],
    ['/a*b*b', '/abb', true],
    ['/**', '/a', true],
  ])('with the pattern %s matches the path %s: %p', (pattern, path, expected) => {
    expect(pathMatcher(pattern)(path)).toBe(expected);
  });

  test('matches the same paths as a regular expression', () => {
    const text = fc.array(fc.constantFrom('a', 'b', '*', '.')).map((parts) => parts.join(''));
    fc.assert(
      fc.property(text, text, (pattern, path) => {
        const regExp = pattern.replaceAll('.', '\\.').replaceAll(/\*+/g, '.*');
        expect(pathMatcher(pattern)(path)).toBe(new RegExp(`^${regExp}$`).test(path));
      }),
    );
  });
});

describe('a stored delta', () => {
  const dictionary = shortHash(HEX);

  test.each(DICTIONARY_CODINGS)('of %s has a name that leads back to its original', (coding) => {
    const name = deltaName('app.js', coding, dictionary);
    expect(name).toBe(`app.js.${dictionary}.${coding}`);
    expect([originalName(name), originalName(name.toUpperCase())]).toEqual(['app.js', 'APP.JS']);
  });

  test.each(['app.js.dcz', `app.js.${HEX}.dcz`, `.${dictionary}.dcz`, `app.js.${dictionary}.dcx`, '.gz'])(
    'is not what %s is',
    (name) => {
      expect(originalName(name)).toBeNull();
    },
  );

  test.each(DICTIONARY_CODINGS)('of %s is named by its ETag', (coding) => {
    const tag = deltaTag('W/"abc"', { coding, dictionary });
    expect(listedDelta(`"other", "x-br", ${tag}`)).toEqual({ coding, dictionary });
  });

  test.each([undefined, '', '*', '"abc-dcz"', `"abc-dcz-${HEX}"`, '-dcz-'.repeat(1600)])(
    'is not named by If-None-Match %j',
    (field) => {
      expect(listedDelta(field)).toBeNull();
    },
  );
});
