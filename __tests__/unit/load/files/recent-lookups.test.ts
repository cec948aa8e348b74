import { RecentLookups } from '../../../../src/load/files/recent-lookups';

const version = { dev: 1n, ino: 1n, size: 1n, mtimeNs: 1n, ctimeNs: 1n };

beforeEach(() => {
  jest.useFakeTimers();
});
afterEach(() => {
  jest.useRealTimers();
});

test('an immutable file is kept for a second, counted from the first one', () => {
  const recent = new RecentLookups(() => true);
  recent.add('/site/a.js', '/site', version);
  jest.advanceTimersByTime(999);
  expect(recent.get('/site/a.js', '/site')).toBe(version);
  recent.add('/site/b.js', '/site', version);
  jest.advanceTimersByTime(1);
  expect(recent.get('/site/a.js', '/site')).toBeUndefined();
  expect(recent.get('/site/b.js', '/site')).toBeUndefined();
  recent.add('/site/a.js', '/site', version);
  expect(recent.get('/site/a.js', '/site')).toBe(version);
});

test('no other file is kept', () => {
  const recent = new RecentLookups(() => false);
  recent.add('/site/a.js', '/site', version);
  expect(recent.get('/site/a.js', '/site')).toBeUndefined();
});

test('a file that was found below one root is not found below another', () => {
  const recent = new RecentLookups(() => true);
  recent.add('/site/a.js', '/site', version);
  expect(recent.get('/site/a.js', '/')).toBeUndefined();
});

test.each([
  ['/site', '/site/assets/a.js', 'assets/a.js'],
  ['/', '/a.js', 'a.js'],
  ['/site/a.js', '/site/a.js', 'a.js'],
])('below %s, the path of %s is %s', (root, filename, path) => {
  const paths: string[] = [];
  new RecentLookups((one) => paths.push(one) > 1).add(filename, root, version);
  expect(paths).toEqual([path]);
});
