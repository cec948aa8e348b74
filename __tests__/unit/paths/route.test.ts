import fc from 'fast-check';
import { requestPath } from '../../../src/paths/request-path';
import { mountPath, remainsBelow, routePath, startsCanonically } from '../../../src/paths/route';

describe('routePath', () => {
  test.each([
    ['/', '/'],
    ['/user/1?a=/../b', '/user/1'],
    ['/%C3%A4/x', '/ä/x'],
    ['http://example.com/a', '/a'],
    ['//a//b/', '//a//b/'],
    ['/user/1%2F2', '/user/\x001%2F2'],
    ['/a%5Cb', '/\0a%5Cb'],
    ['/a\\b', '/\0a\\b'],
    ['/a%00', '/\0a%00'],
    ['/%', '/\0%'],
    ['/a/%/%61', '/a/\0%/%61'],
    ['/%ff/x', '/\0%ff/x'],
    ['/a/../b', '/a/\0../b'],
    ['/a/%2e/b', '/a/\0%2e/b'],
  ])('of %p is %p', (target, route) => {
    expect(routePath(target)).toBe(route);
  });

  test.each(['', '*', 'a', '../a', 'ftp://example.com/'])('of %p is null', (target) => {
    expect(routePath(target)).toBeNull();
  });

  test('is the path of a file, where the target has one, and else no path of a file', () => {
    const segment = fc.oneof(
      fc.string().map(encodeURIComponent),
      fc.constantFrom('..', '.', '', '%2F', '%2e%2E', '%', 'a', '%61', '\\', '%00'),
    );
    fc.assert(
      fc.property(fc.array(segment, { minLength: 1 }), (segments) => {
        const target = `/${segments.join('/')}`;
        const path = requestPath(target);
        const route = routePath(target);
        if (path !== null) expect(route).toBe(path);
        else expect(route).toMatch(/\0|\/\//);
      }),
    );
  });
});

describe('below the prefix /app,', () => {
  test.each([
    '/app',
    '/app/',
    '/app/x',
    '/app/a/../b',
    '/app/a/./%2e/b',
    '/app/a/b/%2E%2e/../c',
    '/app//x',
    '/app/a%2Fb',
    '/app/...',
    '/app/%252e%252e',
    '/app/x?/../..',
  ])('%s remains', (target) => {
    expect(remainsBelow(target, '/app')).toBe(true);
  });

  test.each([
    '/app/..',
    '/app/../x',
    '/app/./../x',
    '/app/a/../../x',
    '/app/%2e%2E/x',
    '/app/.%2e/x',
    '/app//../x',
    '/app/..%2Fx',
    '/app/..%5cx',
    '/app/..\\x',
    '/app/a%2F..%2F..%2Fx',
    '/app/a%2Fb/..',
    'http://host/app/../x',
  ])('%s does not remain', (target) => {
    expect(remainsBelow(target, '/app')).toBe(false);
    expect(remainsBelow(target, '/app/')).toBe(false);
  });

  test('a target remains if a URL parser says that it does not leave', () => {
    const segment = fc.constantFrom('a', '..', '.', '%2e%2E', 'b%20c');
    fc.assert(
      fc.property(fc.array(segment), (segments) => {
        const target = `/app/${segments.join('/')}`;
        const { pathname } = new URL(target, 'http://host');
        if (remainsBelow(target, '/app')) expect(`${pathname}/`).toMatch(/^\/app\//);
      }),
    );
  });
});

test('nothing is above the root', () => {
  for (const target of ['/..', '/../x', '/..%2Fx']) expect(remainsBelow(target, '/')).toBe(true);
});

describe('the start of the target', () => {
  test.each([
    ['/app/%40x', '/app'],
    ['/app/a//b%2F', '/app/'],
    ['/%61', '/'],
    ['/files/x/%61', '/files/x'],
  ])('%s is canonical up to the end of the prefix %s', (target, prefix) => {
    expect(startsCanonically(target, prefix)).toBe(true);
  });

  test.each([
    ['/%61pp/x', '/app'],
    ['/a/%61pp/x', '/a/app'],
    ['/files//private/x', '/files//private'],
    ['/%66iles/x', '/%66iles/'],
    ['/files/%2e%2e/x', '/files/%2e%2e/'],
    ['http://host/app/x', '/app'],
    ['*', '/'],
  ])('%s is not canonical up to the end of the prefix %s', (target, prefix) => {
    expect(startsCanonically(target, prefix)).toBe(false);
  });
});

test.each([
  ['/a', '/a', ''],
  ['/a?b', '/files/a?b', '/files'],
  ['/private/x', '/files//private/x', '/files/'],
  ['/?a', '/files?a', '/files'],
  ['/', '*', ''],
])('of %s, what was left of %s, the mount path is %p', (url, originalUrl, path) => {
  expect(mountPath(url, originalUrl)).toBe(path);
});
