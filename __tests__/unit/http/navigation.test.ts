import fc from 'fast-check';
import { extensions } from 'mime-types';
import { isNavigation } from '../../../src/http/navigation';

const BROWSER = 'text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8';
const known = fc.constantFrom(...Object.values(extensions).flat());

describe('a request with Sec-Fetch-Mode', () => {
  test.each(['/', '/user/1', '/app.js', '/report.pdf', '/a%2Fb', '/%'])(
    '"navigate" is a navigation, also to %s and whatever it accepts',
    (url) => {
      for (const accept of [BROWSER, '*/*', undefined])
        expect(isNavigation({ url, headers: { 'sec-fetch-mode': 'navigate', accept } })).toBe(true);
    },
  );

  test.each([
    'cors',
    'no-cors',
    'same-origin',
    'websocket',
    '',
    'NAVIGATE',
    'navigate, navigate',
    'x'.repeat(8000),
  ])('%p is no navigation, although it accepts HTML', (mode) => {
    expect(isNavigation({ url: '/user', headers: { 'sec-fetch-mode': mode, accept: BROWSER } })).toBe(false);
  });
});

describe('a request without Sec-Fetch-Mode', () => {
  test.each([BROWSER, 'text/html', 'TEXT/HTML', '*/*, text/html;q=0.1', ' text/html ; charset=utf-8'])(
    'that accepts %p is a navigation',
    (accept) => {
      expect(isNavigation({ url: '/user/1', headers: { accept } })).toBe(true);
    },
  );

  test.each([
    undefined,
    '',
    '*/*',
    'text/*',
    'application/json',
    'application/json, */*',
    'text/html;q=0',
    'text/html; charset=utf-8; q=0.00, application/json',
    'text/html5',
    'xtext/html',
    'text/html'.repeat(900),
  ])('that accepts %p is none', (accept) => {
    expect(isNavigation({ url: '/user/1', headers: { accept } })).toBe(false);
  });

  test.each([
    '/@jane.doe',
    '/v1.2',
    '/.well-known',
    '/.html',
    '/a.',
    '/app.js/',
    '/a.js/b',
    '/?f=/app.js',
    '/a?b.js',
    '',
  ])('to %p is a navigation: the last segment has no known extension', (url) => {
    expect(isNavigation({ url, headers: { accept: BROWSER } })).toBe(true);
  });

  test.each(['/app.js', '/a/INDEX.HTML', '/a.css?v=1', '/a%2Fb.png', '/x.json?', '/a\\b.js', '/a.tar.gz'])(
    'to %p is none: the last segment has a known extension',
    (url) => {
      expect(isNavigation({ url, headers: { accept: BROWSER } })).toBe(false);
    },
  );
});

test('whatever the target and the fields, only a client that lists HTML or navigates gets a page', () => {
  const field = fc.option(fc.string({ maxLength: 60 }), { nil: undefined });
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), field, field, (url, accept, mode) => {
      if (!isNavigation({ url, headers: { accept, 'sec-fetch-mode': mode } })) return;
      expect(mode === 'navigate' || (mode === undefined && /text\/html/i.test(accept ?? ''))).toBe(true);
    }),
  );
});

test('without Sec-Fetch-Mode, no target with a known extension gets a page', () => {
  fc.assert(
    fc.property(fc.string(), known, fc.string(), (name, extension, query) => {
      const url = `/${encodeURIComponent(name)}x.${extension}?${query}`;
      expect(isNavigation({ url, headers: { accept: BROWSER } })).toBe(false);
    }),
  );
});
