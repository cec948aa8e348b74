import fc from 'fast-check';
import { posix, resolve } from 'node:path';
import { proxyLocation } from '../../src/policy/hand-off';

const SENDFILE = { header: 'X-Accel-Redirect', from: '/srv/files', to: '/handed-off' };

/** Any name that a file may have, and more often those that are misread. */
const name = fc
  .oneof(
    fc.string({ unit: 'binary', minLength: 1 }),
    fc.string({ unit: fc.constantFrom('.', '%', '2', 'e', 'f', '\\', '?', '#', '\r', '\n', ' ', '"', 'ü') }),
  )
  .filter((one) => !/^\.{0,2}$|[/\0]/.test(one));
const names = fc.array(name, { minLength: 1, maxLength: 5 });

test('what a proxy makes of a location is the name of the file', () => {
  fc.assert(
    fc.property(names, (path) => {
      const location = proxyLocation(`/srv/files/${path.join('/')}`, SENDFILE) ?? '';
      expect(decodeURIComponent(location)).toBe(`/handed-off/${path.join('/')}`);
    }),
  );
});

test('no name leaves the folder that the proxy knows', () => {
  fc.assert(
    fc.property(names, (path) => {
      const location = proxyLocation(`/srv/files/${path.join('/')}`, SENDFILE) ?? '';
      expect(posix.normalize(location)).toBe(location);
      expect(posix.normalize(decodeURIComponent(location)).startsWith('/handed-off/')).toBe(true);
    }),
  );
});

test('no name splits the header, or is taken for a query', () => {
  fc.assert(
    fc.property(names, (path) => {
      expect(proxyLocation(`/srv/files/${path.join('/')}`, SENDFILE)).toMatch(
        /^\/handed-off(?:\/[\w.!~*'()%-]+)+$/,
      );
    }),
  );
});

test('no path that leads elsewhere is handed off', () => {
  const step = fc.oneof(name, fc.constantFrom('..', '.', ''));
  fc.assert(
    fc.property(fc.array(step), (steps) => {
      const filename = resolve('/srv/files', ...steps);
      const isInside = filename.startsWith('/srv/files/');
      expect(proxyLocation(filename, SENDFILE) !== null).toBe(isInside);
    }),
  );
});

test.each([
  ['/srv/files', '/srv/files itself'],
  ['/srv/files-of-others/a.txt', 'a folder whose name begins the same'],
  ['/srv/a.txt', 'a file above'],
  ['/srv/files/../a.txt', 'one above, by a detour'],
])('%s is not handed off: %s', (filename) => {
  expect(proxyLocation(filename, SENDFILE)).toBeNull();
});

test.each([
  ['/', '/handed-off/', '/a.txt', '/handed-off/a.txt'],
  ['/srv/files/', '/', '/srv/files/a.txt', '/a.txt'],
  ['/srv/files', '/srv/files', '/srv/files/a b.txt', '/srv/files/a%20b.txt'],
])('slashes at the end of from %s and to %s change nothing', (from, to, filename, location) => {
  expect(proxyLocation(filename, { ...SENDFILE, from, to })).toBe(location);
});

test('without the option, nothing is handed off', () => {
  expect(proxyLocation('/srv/files/a.txt', undefined)).toBeNull();
});
