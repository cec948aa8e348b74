import fc from 'fast-check';
import { byteRanges, contentRange } from '../../../src/http/byte-ranges';
import { multipartByteRanges } from '../../../src/http/multipart';

const SIZE = 100;

function ranges(field: string): string | null {
  return (
    byteRanges(field, SIZE)
      ?.map(({ start, end }) => `${start}-${end}`)
      .join(' ') ?? null
  );
}

describe('a Range header', () => {
  test.each([
    ['bytes=0-9', '0-9'],
    ['bytes=0-0', '0-0'],
    ['bytes=90-', '90-99'],
    ['bytes=90-1000', '90-99'],
    ['bytes=-1', '99-99'],
    ['bytes=-1000', '0-99'],
    ['BYTES=0-9', '0-9'],
    ['bytes= 0-9 , 20-29', '0-9 20-29'],
    ['bytes=0-9,\t20-29', '0-9 20-29'],
    ['bytes=,0-9,,', '0-9'],
    ['bytes=20-29,0-9', '20-29 0-9'],
    ['bytes=0-9,10-19', '0-19'],
    ['bytes=0-9,5-14', '0-14'],
    ['bytes=30-39,0-9,35-49', '30-49 0-9'],
    ['bytes=0-9,200-', '0-9'],
    ['bytes=000000000000000000000-9', '0-9'],
    ['bytes=0-99999999999999999999999', '0-99'],
  ])('%s requests the bytes %s', (field, expected) => {
    expect(ranges(field)).toBe(expected);
  });

  test.each(['bytes=100-', 'bytes=1000-2000', 'bytes=-0', 'bytes=100-,200-300'])(
    '%s is unsatisfiable',
    (field) => {
      expect(ranges(field)).toBe('');
    },
  );

  test.each([
    '',
    'bytes',
    'bytes=',
    'bytes=,',
    'bytes=9-0',
    'bytes=-',
    'bytes=a-b',
    'bytes=1x-2',
    'bytes=0x1-2',
    'bytes=1.5-2',
    'bytes=+1-2',
    'bytes=--5',
    'bytes=0-9;20-29',
    'bytes=0-9-19',
    'bytes=0-9,9-0',
    'bytes=0-9 20-29',
    'bytes: 0-9',
    'items=0-9',
    ' bytes=0-9',
    'bytes=0-99,0-99',
    'bytes=0-,0-0',
    `bytes=${Array.from({ length: 101 }, (_, index) => `${index}-${index}`).join(',')}`,
    `bytes=${','.repeat(16_000)}`,
  ])('%.40s is ignored', (field) => {
    expect(ranges(field)).toBeNull();
  });

  test('with 100 ranges is accepted', () => {
    const field = `bytes=${Array.from({ length: 100 }, (_, index) => `${index}-${index}`).join(',')}`;
    expect(ranges(field)).toBe('0-99');
  });

  test('for an empty file is unsatisfiable', () => {
    expect(byteRanges('bytes=0-0', 0)).toEqual([]);
  });

  test('for the last bytes of an empty file is ignored', () => {
    expect(byteRanges('bytes=-5', 0)).toBeNull();
  });

  test('yields only disjoint ranges within the file, whatever its value', () => {
    const number = fc.oneof(fc.nat(120), fc.constant(''), fc.bigInt({ min: 0n, max: 10n ** 30n }));
    const spec = fc.tuple(number, number).map(([first, last]) => `${first}-${last}`);
    const field = fc.oneof(
      fc.array(spec, { maxLength: 6 }).map((specs) => `bytes=${specs.join(',')}`),
      fc.string().map((text) => `bytes=${text}`),
    );
    fc.assert(
      fc.property(field, fc.integer({ min: 1, max: 120 }), (text, size) => {
        const result = [...(byteRanges(text, size) ?? [])].sort((one, other) => one.start - other.start);
        for (const [index, { start, end }] of result.entries()) {
          expect(start).toBeGreaterThan((result[index - 1]?.end ?? -2) + 1);
          expect(end).toBeGreaterThanOrEqual(start);
          expect(end).toBeLessThan(size);
        }
      }),
    );
  });

  test('requests exactly the bytes of its ranges', () => {
    const spec = fc
      .tuple(fc.nat(60), fc.nat(60))
      .map(([first, length]) => ({ start: first, end: first + length }));
    fc.assert(
      fc.property(fc.array(spec, { minLength: 1, maxLength: 5 }), (specs) => {
        const result = byteRanges(
          `bytes=${specs.map(({ start, end }) => `${start}-${end}`).join(',')}`,
          SIZE,
        );
        fc.pre(result !== null);
        const covered = (list: readonly { start: number; end: number }[]): number[] =>
          Array.from({ length: SIZE }, (_, index) => index).filter((index) =>
            list.some(({ start, end }) => start <= index && index <= end),
          );
        expect(covered(result)).toEqual(covered(specs));
      }),
    );
  });
});

describe('a multipart/byteranges body', () => {
  test('has a new boundary each time and the announced length', () => {
    const ranges = [
      { start: 0, end: 1 },
      { start: 5, end: 9 },
    ];
    const one = multipartByteRanges(ranges, 'text/plain', SIZE);
    const other = multipartByteRanges(ranges, 'text/plain', SIZE);
    expect(one.contentType).not.toBe(other.contentType);
    const headersLength = one.parts.reduce((sum, { header }) => sum + header.length, 0);
    expect(one.length).toBe(headersLength + 2 + 5 + one.closingDelimiter.length);
    expect(one.parts[1]?.header).toContain(`Content-Range: ${contentRange({ start: 5, end: 9 }, SIZE)}\r\n`);
  });
});
