import fc from 'fast-check';
import { httpDate, parseHttpDate } from '../../../src/http/date';

const time = Date.UTC(1994, 10, 6, 8, 49, 37);

describe('an HTTP-date', () => {
  test.each(['Sun, 06 Nov 1994 08:49:37 GMT', 'Sunday, 06-Nov-94 08:49:37 GMT', 'Sun Nov  6 08:49:37 1994'])(
    'is parsed in the format %s',
    (text) => {
      expect(parseHttpDate(text)).toBe(time);
    },
  );

  test('with a two-digit year is at most 50 years in the future', () => {
    const now = Date.UTC(2026, 0, 1);
    expect(new Date(parseHttpDate('Sunday, 06-Nov-76 08:49:37 GMT', now)).getUTCFullYear()).toBe(2076);
    expect(new Date(parseHttpDate('Sunday, 06-Nov-77 08:49:37 GMT', now)).getUTCFullYear()).toBe(1977);
  });

  test.each([
    '',
    'yesterday',
    '2023-11-14',
    '0',
    'Sun, 06 Nov 1994 08:49:37',
    'Sun, 06 Nov 1994 08:49:37 +0100',
    'Sun, 6 Nov 1994 08:49:37 GMT',
    'Sun, 31 Nov 1994 08:49:37 GMT',
    'Sun, 00 Nov 1994 08:49:37 GMT',
    'Sun, 06 Foo 1994 08:49:37 GMT',
    'Sun, 06 Nov 1994 24:49:37 GMT',
    'Sun, 06 Nov 1994 08:60:37 GMT',
    'Sun, 06 Nov 1994 08:49:61 GMT',
    'sun, 06 nov 1994 08:49:37 gmt',
  ])('is not parsed from %j', (text) => {
    expect(parseHttpDate(text)).toBeNaN();
  });

  test('is parsed back to the time that it was formatted from', () => {
    const seconds = fc.integer({ min: 0, max: 253402300799 });
    fc.assert(
      fc.property(seconds, (second) => {
        expect(parseHttpDate(httpDate(second * 1000))).toBe(second * 1000);
      }),
    );
  });
});

test.each([
  [Date.UTC(20_000, 0), 'Fri, 31 Dec 9999 23:59:59 GMT'],
  [Infinity, 'Fri, 31 Dec 9999 23:59:59 GMT'],
  [-1e15, 'Sat, 01 Jan 0000 00:00:00 GMT'],
])('the time %d, which no HTTP-date can express, is formatted as the nearest one', (far, text) => {
  expect(httpDate(far)).toBe(text);
});
