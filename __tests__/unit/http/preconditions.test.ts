import type { IncomingHttpHeaders } from 'node:http';
import {
  evaluatePreconditions,
  ifRange,
  type Outcome,
  type Validators,
} from '../../../src/http/preconditions';

const before = 'Mon, 13 Nov 2023 22:13:20 GMT';
const modified = 'Tue, 14 Nov 2023 22:13:20 GMT';
const after = 'Wed, 15 Nov 2023 22:13:20 GMT';

const representation: Validators = { etag: '"x"', lastModified: modified };

describe('evaluatePreconditions', () => {
  test.each<[string, IncomingHttpHeaders, Outcome]>([
    ['no precondition', {}, 'proceed'],
    ['If-Match with the current ETag', { 'if-match': '"x"' }, 'proceed'],
    ['If-Match with a list that contains the current ETag', { 'if-match': '"a", "x"' }, 'proceed'],
    ['If-Match with *', { 'if-match': '*' }, 'proceed'],
    ['If-Match with another ETag', { 'if-match': '"a"' }, 'failed'],
    ['If-Match with the weak form of the ETag', { 'if-match': 'W/"x"' }, 'failed'],
    ['If-Match with an empty value', { 'if-match': '' }, 'failed'],
    ['If-Match with an invalid value', { 'if-match': 'x' }, 'failed'],
    ['If-Unmodified-Since with an earlier date', { 'if-unmodified-since': before }, 'failed'],
    ['If-Unmodified-Since with Last-Modified', { 'if-unmodified-since': modified }, 'proceed'],
    ['If-Unmodified-Since with a later date', { 'if-unmodified-since': after }, 'proceed'],
    [
      'If-Unmodified-Since with an earlier date in asctime format',
      { 'if-unmodified-since': 'Mon Nov 13 22:13:20 2023' },
      'failed',
    ],
    [
      'If-Unmodified-Since with an earlier date in RFC 850 format',
      { 'if-unmodified-since': 'Monday, 13-Nov-23 22:13:20 GMT' },
      'failed',
    ],
    ['If-Unmodified-Since with an invalid date', { 'if-unmodified-since': 'long ago' }, 'proceed'],
    [
      'If-Match takes precedence over If-Unmodified-Since',
      { 'if-match': '"x"', 'if-unmodified-since': before },
      'proceed',
    ],
    ['If-None-Match with the current ETag', { 'if-none-match': '"x"' }, 'not modified'],
    ['If-None-Match with the weak form of the ETag', { 'if-none-match': 'W/"x"' }, 'not modified'],
    ['If-None-Match with *', { 'if-none-match': '*' }, 'not modified'],
    ['If-None-Match with another ETag', { 'if-none-match': '"a"' }, 'proceed'],
    ['If-Modified-Since with Last-Modified', { 'if-modified-since': modified }, 'not modified'],
    ['If-Modified-Since with a later date', { 'if-modified-since': after }, 'not modified'],
    ['If-Modified-Since with an earlier date', { 'if-modified-since': before }, 'proceed'],
    [
      'If-Modified-Since with Last-Modified in asctime format',
      { 'if-modified-since': 'Tue Nov 14 22:13:20 2023' },
      'not modified',
    ],
    ['If-Modified-Since with an invalid date', { 'if-modified-since': 'yesterday' }, 'proceed'],
    [
      'If-None-Match takes precedence over If-Modified-Since',
      { 'if-none-match': '"a"', 'if-modified-since': modified },
      'proceed',
    ],
    ['If-Match takes precedence over If-None-Match', { 'if-match': '"a"', 'if-none-match': '"x"' }, 'failed'],
    [
      'If-Match and If-None-Match with the current ETag',
      { 'if-match': '"x"', 'if-none-match': '"x"' },
      'not modified',
    ],
    [
      'If-None-Match on a reload (Cache-Control: no-cache)',
      { 'if-none-match': '"x"', 'cache-control': 'no-cache' },
      'proceed',
    ],
  ])('for %s, %j, returns "%s"', (_name, headers, outcome) => {
    expect(evaluatePreconditions(headers, representation)).toBe(outcome);
  });

  test('parses dates as UTC in any time zone of the server', () => {
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
    ['with the current ETag', '"x"', true],
    ['with the weak form of the ETag', 'W/"x"', false],
    ['with another ETag', '"a"', false],
    ['with Last-Modified', modified, true],
    ['with Last-Modified in asctime format', 'Tue Nov 14 22:13:20 2023', true],
    ['with a later date', after, false],
    ['with an earlier date', before, false],
    ['with an invalid value', 'x', false],
    ['with an empty value', '', false],
  ])('%s, "%s", matches: %s', (_name, field, matches) => {
    expect(ifRange(field, representation, now)).toBe(matches);
  });

  test('never matches if the current ETag is weak', () => {
    expect(ifRange('W/"x"', { ...representation, etag: 'W/"x"' }, now)).toBe(false);
  });

  test('with Last-Modified matches only once a second has passed since the modification', () => {
    expect(ifRange(modified, representation, Date.parse(modified) + 999)).toBe(false);
    expect(ifRange(modified, representation, Date.parse(modified) + 1000)).toBe(true);
  });
});

describe('If-None-Match', () => {
  test.each([
    ['"a,b"', '"a,b"'],
    ['"a,b"', '"x", "a,b"'],
    ['"a,b"', 'W/"a,b"'],
    ['W/"a,b"', '"a,b"'],
    ['"x"', '"a",\t"x"'],
    ['"x"', '\t"x"\t'],
  ])('with the current ETag %s in the list %j responds 304', (etag, field) => {
    const outcome = evaluatePreconditions({ 'if-none-match': field }, { etag, lastModified: modified });
    expect(outcome).toBe('not modified');
  });

  test.each([
    ['"a,b"', '"a"'],
    ['"a"', '"a,b"'],
    ['"x"', '"X"'],
  ])('with another ETag than %s in the list %j proceeds', (etag, field) => {
    const outcome = evaluatePreconditions({ 'if-none-match': field }, { etag, lastModified: modified });
    expect(outcome).toBe('proceed');
  });
});
