import fc from 'fast-check';
import {
  canonicalLocation,
  guardedRequest,
  isCanonicalTarget,
  isServableTarget,
} from '../../../src/paths/canonical-target';

/** The escapes of all bytes, in upper and in lower case. */
const escapes = Array.from({ length: 256 }, (_, code) => {
  const digits = code.toString(16).padStart(2, '0');
  return { character: String.fromCharCode(code), upper: `%${digits.toUpperCase()}`, lower: `%${digits}` };
});

/** RFC 3986 §3.3. */
const isPchar = (character: string): boolean => /^[A-Za-z0-9._~!$&'()*+,;=:@-]$/.test(character);

describe('isCanonicalTarget', () => {
  test.each(escapes)('of $upper is false exactly if no escape is needed', ({ character, upper }) => {
    expect(isCanonicalTarget(`/a${upper}`)).toBe(!isPchar(character));
    expect(isCanonicalTarget(`/a?${upper}`)).toBe(true);
  });

  test.each(escapes.filter(({ lower, upper }) => lower !== upper))(
    'of $lower is false, because it has a letter in lower case',
    ({ lower }) => {
      expect(isCanonicalTarget(`/a${lower}`)).toBe(false);
      expect(isCanonicalTarget(`/a?${lower}`)).toBe(true);
    },
  );

  test.each(Array.from({ length: 94 }, (_, index) => String.fromCharCode(33 + index)))(
    'of an unescaped %s is false exactly if it has to be escaped',
    (character) => {
      expect(isCanonicalTarget(`/a${character}`)).toBe(!'"<>^`{|}'.includes(character));
    },
  );
});

describe('canonicalLocation', () => {
  test.each([
    ['/%61', './a'],
    ['/%61?%61', './a?%61'],
    ['/a/%40b/c/d.txt', '../../@b/c/d.txt'],
    ['/a/%40b/%63/', '../../@b/c/'],
    ['/%c3%a4/%2541', '../%C3%A4/%2541'],
    ['/{a}%', './%7Ba%7D%'],
    ['//evil.example/%61', './a'],
    ['/javascript:%61', './javascript:a'],
    ['http://evil.example/%61', './a'],
  ])('of %s is %s', (target, location) => {
    expect(canonicalLocation(target)).toBe(location);
  });

  test('leads to a canonical target of the same host with the same decoded path and query', () => {
    const name = fc
      .array(
        fc.oneof(
          fc.constantFrom(...escapes.slice(33, 127).map((one) => one.lower)),
          fc.constantFrom('a', 'b', '@', '{', '"', '['),
        ),
      )
      .map((parts) => parts.join(''))
      .filter((text) => !/^(?:\.|%2e)*$|%2f|%5c/i.test(text));
    fc.assert(
      fc.property(fc.array(name, { minLength: 1 }), fc.constantFrom('', '?', '?a=%40//b'), (names, query) => {
        const target = `/m/${names.join('/')}${query}`;
        fc.pre(!isCanonicalTarget(target));
        const found = new URL(canonicalLocation(target), `http://localhost${target}`);
        const [path = ''] = target.split('?');
        expect(found.host).toBe('localhost');
        expect(decodeURIComponent(found.pathname)).toBe(decodeURIComponent(path));
        expect(isCanonicalTarget(found.pathname)).toBe(true);
        expect(canonicalLocation(target).split('?').slice(1)).toEqual(target.split('?').slice(1));
      }),
    );
  });
});

describe('guardedRequest', () => {
  const request = { method: 'GET', url: '/a', headers: {} };

  test('is the request itself if its target is canonical', () => {
    expect(guardedRequest(request)).toBe(request);
  });

  test.each([{ url: '/%61' }, { url: 'http://h/a' }, { url: '/a', originalUrl: '/%6d/a' }])(
    'of %j is a request with the same properties that requires the canonical target',
    (properties) => {
      const guarded = guardedRequest({ ...request, ...properties });
      expect(guarded).toMatchObject({ method: 'GET', headers: {}, ...properties });
      expect(guarded.requiresCanonicalTarget).toBe(true);
    },
  );
});

test.each([
  ['/a.txt', '/a.txt', true],
  ['/a.txt', '/files/a.txt', true],
  ['/a.txt', '/files//a.txt', false],
  ['/a.txt', '//files/a.txt', false],
  ['/a.txt', '/files/./a.txt', false],
  ['/a.txt', '/x%2Ffiles/a.txt', false],
  ['/index.html', '/some//app', true],
  ['//a.txt', '//a.txt', true],
  ['http://host/a.txt', 'http://host/a.txt', false],
  ['a.txt', '/a.txt', false],
  ['', '', false],
])('the target %j of %j leads to a file behind guards: %s', (url, originalUrl, expected) => {
  expect(isServableTarget(url, originalUrl)).toBe(expected);
});

test('a request with a canonical target is passed as it is, any other requires the canonical form', () => {
  const request = { method: 'GET', url: '/a.txt', headers: {} };
  expect(guardedRequest(request)).toBe(request);
  for (const other of [
    { url: '/%61.txt' },
    { url: 'http://host/a.txt' },
    { originalUrl: '/x//a.txt' },
    { url: undefined },
  ]) {
    const guarded = guardedRequest({ ...request, ...other });
    expect([guarded.requiresCanonicalTarget, guarded.method]).toEqual([true, 'GET']);
  }
});
