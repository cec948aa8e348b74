import fc from 'fast-check';
import { acceptedCodings, acceptedDictionaryCodings } from '../../../src/http/accept-encoding';
import { originalName } from '../../../src/paths/encoded-name';
import { CONTENT_CODINGS } from '../../../src/types';

describe('Accept-Encoding', () => {
  test.each([
    [undefined, 'identity'],
    ['', 'identity'],
    ['gzip', 'gzip identity'],
    ['br', 'br identity'],
    ['gzip, deflate, br, zstd', 'br zstd gzip identity'],
    ['gzip;q=1.0, br;q=0.5', 'gzip br identity'],
    ['br;q=0, gzip', 'gzip identity'],
    ['br;q=0.000', 'identity'],
    ['*', 'br zstd gzip identity'],
    ['*;q=0', ''],
    ['gzip, *;q=0', 'gzip'],
    ['identity;q=0', ''],
    ['identity;q=0, br', 'br'],
    ['identity, gzip;q=0.5', 'identity gzip'],
    ['identity;q=0.5, gzip;q=0.2, br;q=0.2', 'identity br gzip'],
    ['GZIP', 'gzip identity'],
    ['x-gzip', 'gzip identity'],
    ['br;q=-1', 'identity'],
    ['*;q=x', 'identity'],
    ['identity ; q=0.000', ''],
    ['abbr', 'identity'],
    ['brotli, bzip2, compress', 'identity'],
    ['br; q=0.5 , gzip ;q=0.7', 'gzip br identity'],
    [';;;,,,q=1', 'identity'],
  ])('with the value "%s" accepts "%s"', (field, expected) => {
    expect(acceptedCodings(field, CONTENT_CODINGS).join(' ')).toBe(expected);
  });

  test('with equal weights selects the coding that the server prefers', () => {
    expect(acceptedCodings('gzip, br', ['gzip', 'br'])).toEqual(['gzip', 'br', 'identity']);
  });

  test('is read the same whether a value was seen before or not, among hundreds and with any length', () => {
    const offered = ['br', 'gzip'] as const;
    for (let round = 0; round < 2; round++) {
      for (let index = 0; index < 300; index++) {
        const accepted = acceptedCodings(`x${index}, ${index % 2 === 0 ? 'gzip' : 'br'}`, offered);
        expect(accepted).toEqual([index % 2 === 0 ? 'gzip' : 'br', 'identity']);
      }
      expect(acceptedCodings(`gzip${' '.repeat(200)}`, offered)).toEqual(['gzip', 'identity']);
    }
  });

  test('with more than 1000 characters counts as missing, because reading it would take milliseconds', () => {
    expect(acceptedCodings('br,'.repeat(333), ['br'])).toEqual(['br', 'identity']);
    expect(acceptedCodings('br,'.repeat(334), ['br'])).toEqual(['identity']);
    expect(acceptedDictionaryCodings('dcz,'.repeat(250))).toEqual(['dcz']);
    expect(acceptedDictionaryCodings('dcz,'.repeat(251))).toEqual([]);
  });

  test('never accepts a coding that is not offered, and none twice', () => {
    const part = fc.constantFrom(
      'br',
      'gzip',
      'zstd',
      'identity',
      '*',
      ';q=',
      '0',
      '0.5',
      '1',
      ',',
      ' ',
      'x',
    );
    fc.assert(
      fc.property(
        fc.oneof(
          fc.array(part).map((parts) => parts.join('')),
          fc.string(),
        ),
        (field) => {
          const accepted = acceptedCodings(field, ['br', 'gzip']);
          expect(new Set(accepted).size).toBe(accepted.length);
          expect(['br', 'gzip', 'identity']).toEqual(expect.arrayContaining(accepted));
        },
      ),
    );
  });
});

test.each([
  ['a.js.br', 'a.js'],
  ['a.js.zst', 'a.js'],
  ['a.js.gz', 'a.js'],
  ['a.js', null],
  ['.gz', null],
  ['gz', null],
])('the original name of %s is %s', (filename, original) => {
  expect(originalName(filename)).toBe(original);
});
