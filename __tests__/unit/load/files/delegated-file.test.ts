import fc from 'fast-check';
import { posix, resolve } from 'node:path';
import { proxyLocation } from '../../../../src/load/files/delegated-file';

const SENDFILE = { header: 'X-Accel-Redirect', from: '/srv/files', to: '/internal' };

/** Any valid file name. Characters with a special meaning in URLs and headers occur more often. */
const name = fc
  .oneof(
    fc.string({ unit: 'binary', minLength: 1 }),
    fc.string({ unit: fc.constantFrom('.', '%', '2', 'e', 'f', '\\', '?', '#', '\r', '\n', ' ', '"', 'ü') }),
  )
  .filter((one) => !/^\.{0,2}$|[/\0]/.test(one));
const names = fc.array(name, { minLength: 1, maxLength: 5 });

test('the decoded location is the path of the file', () => {
  fc.assert(
    fc.property(names, (path) => {
      const location = proxyLocation(`/srv/files/${path.join('/')}`, SENDFILE) ?? '';
      expect(decodeURIComponent(location)).toBe(`/internal/${path.join('/')}`);
    }),
  );
});

test('no file name leads out of the internal location', () => {
  fc.assert(
    fc.property(names, (path) => {
      const location = proxyLocation(`/srv/files/${path.join('/')}`, SENDFILE) ?? '';
      expect(posix.normalize(location)).toBe(location);
      expect(posix.normalize(decodeURIComponent(location)).startsWith('/internal/')).toBe(true);
    }),
  );
});

test('a location contains only unreserved and escaped characters, whatever the file name', () => {
  fc.assert(
    fc.property(names, (path) => {
      expect(proxyLocation(`/srv/files/${path.join('/')}`, SENDFILE)).toMatch(
        /^\/internal(?:\/[\w.!~*'()%-]+)+$/,
      );
    }),
  );
});

test('only files inside the directory are delegated', () => {
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
  ['/srv/files', 'the directory itself'],
  ['/srv/files-of-others/a.txt', 'a directory whose name has the same prefix'],
  ['/srv/a.txt', 'a file above the directory'],
  ['/srv/files/../a.txt', 'a file above the directory, in a path with ..'],
])('%s is not delegated: %s', (filename) => {
  expect(proxyLocation(filename, SENDFILE)).toBeNull();
});

test.each([
  ['/', '/internal/', '/a.txt', '/internal/a.txt'],
  ['/srv/files/', '/', '/srv/files/a.txt', '/a.txt'],
  ['/srv/files', '/srv/files', '/srv/files/a b.txt', '/srv/files/a%20b.txt'],
])('trailing slashes in from %s and to %s do not change the location', (from, to, filename, location) => {
  expect(proxyLocation(filename, { ...SENDFILE, from, to })).toBe(location);
});

test('without the sendfile option, no file is delegated', () => {
  expect(proxyLocation('/srv/files/a.txt', undefined)).toBeNull();
});
