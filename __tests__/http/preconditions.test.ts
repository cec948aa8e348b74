import type { IncomingHttpHeaders } from 'node:http';
import { cachePolicy } from '../../src/http/caching';
import { evaluatePreconditions, ifRange, type Outcome } from '../../src/http/preconditions';
import type { RepresentationFacts } from '../../src/http/representation';

const before = 'Mon, 13 Nov 2023 22:13:20 GMT';
const modified = 'Tue, 14 Nov 2023 22:13:20 GMT';
const after = 'Wed, 15 Nov 2023 22:13:20 GMT';

const representation: RepresentationFacts = {
  contentType: 'text/plain',
  coding: undefined,
  varies: false,
  size: 10,
  etag: '"x"',
  lastModified: modified,
  caching: cachePolicy('public'),
  conditional: true,
  acceptsRanges: true,
};

describe('the preconditions', () => {
  test.each<[string, IncomingHttpHeaders, Outcome]>([
    ['none', {}, 'holds'],
    ['If-Match with the tag', { 'if-match': '"x"' }, 'holds'],
    ['If-Match with it in a list', { 'if-match': '"a", "x"' }, 'holds'],
    ['If-Match with any', { 'if-match': '*' }, 'holds'],
    ['If-Match with another', { 'if-match': '"a"' }, 'failed'],
    ['If-Match with it weak', { 'if-match': 'W/"x"' }, 'failed'],
    ['If-Match with nothing', { 'if-match': '' }, 'failed'],
    ['If-Match with junk', { 'if-match': 'x' }, 'failed'],
    ['If-Unmodified-Since earlier', { 'if-unmodified-since': before }, 'failed'],
    ['If-Unmodified-Since then', { 'if-unmodified-since': modified }, 'holds'],
    ['If-Unmodified-Since later', { 'if-unmodified-since': after }, 'holds'],
    ['If-Unmodified-Since as asctime', { 'if-unmodified-since': 'Mon Nov 13 22:13:20 2023' }, 'failed'],
    ['If-Unmodified-Since in RFC 850', { 'if-unmodified-since': 'Monday, 13-Nov-23 22:13:20 GMT' }, 'failed'],
    ['If-Unmodified-Since with junk', { 'if-unmodified-since': 'long ago' }, 'holds'],
    [
      'If-Match goes before If-Unmodified-Since',
      { 'if-match': '"x"', 'if-unmodified-since': before },
      'holds',
    ],
    ['If-None-Match with the tag', { 'if-none-match': '"x"' }, 'not modified'],
    ['If-None-Match with it weak', { 'if-none-match': 'W/"x"' }, 'not modified'],
    ['If-None-Match with any', { 'if-none-match': '*' }, 'not modified'],
    ['If-None-Match with another', { 'if-none-match': '"a"' }, 'holds'],
    ['If-Modified-Since then', { 'if-modified-since': modified }, 'not modified'],
    ['If-Modified-Since later', { 'if-modified-since': after }, 'not modified'],
    ['If-Modified-Since earlier', { 'if-modified-since': before }, 'holds'],
    ['If-Modified-Since as asctime', { 'if-modified-since': 'Tue Nov 14 22:13:20 2023' }, 'not modified'],
    ['If-Modified-Since with junk', { 'if-modified-since': 'yesterday' }, 'holds'],
    [
      'If-None-Match goes before If-Modified-Since',
      { 'if-none-match': '"a"', 'if-modified-since': modified },
      'holds',
    ],
    ['If-Match goes before If-None-Match', { 'if-match': '"a"', 'if-none-match': '"x"' }, 'failed'],
    ['both hold', { 'if-match': '"x"', 'if-none-match': '"x"' }, 'not modified'],
    ['a reload', { 'if-none-match': '"x"', 'cache-control': 'no-cache' }, 'holds'],
  ])('%s', (_name, headers, outcome) => {
    expect(evaluatePreconditions(headers, representation)).toBe(outcome);
  });

  test('dates are read as UTC wherever the server is', () => {
    const { TZ } = process.env;
    process.env['TZ'] = 'Pacific/Auckland';
    try {
      expect(evaluatePreconditions({ 'if-modified-since': 'Tue Nov 14 22:13:20 2023' }, representation)).toBe(
        'not modified',
      );
    } finally {
      process.env['TZ'] = TZ ?? '';
    }
  });
});

describe('If-Range', () => {
  const now = Date.parse(after);

  test.each<[string, string, boolean]>([
    ['with the tag', '"x"', true],
    ['with it weak', 'W/"x"', false],
    ['with another tag', '"a"', false],
    ['with the date', modified, true],
    ['with the date as asctime', 'Tue Nov 14 22:13:20 2023', true],
    ['with a later date', after, false],
    ['with an earlier date', before, false],
    ['with junk', 'x', false],
    ['with nothing', '', false],
  ])('%s', (_name, field, holds) => {
    expect(ifRange(field, representation, now)).toBe(holds);
  });

  test('never holds for a weak tag of the file', () => {
    expect(ifRange('W/"x"', { ...representation, etag: 'W/"x"' }, now)).toBe(false);
  });

  test('with the date holds only when no second version can have had it', () => {
    expect(ifRange(modified, representation, Date.parse(modified) + 999)).toBe(false);
    expect(ifRange(modified, representation, Date.parse(modified) + 1000)).toBe(true);
  });

  test('never holds where nothing is conditional', () => {
    expect(ifRange(modified, { ...representation, etag: undefined, conditional: false }, now)).toBe(false);
  });
});
