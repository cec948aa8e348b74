import { dotfileError, hasDotName, leadsToDotName } from '../../../src/paths/dotfiles';
import { encodedName, originalName } from '../../../src/paths/encoded-name';
import { isPlainOnWindows } from '../../../src/paths/windows-names';

describe('isPlainOnWindows', () => {
  test.each([
    'con',
    'CON.txt',
    'con .txt',
    'a/nul/b',
    'a\\aux',
    'com1.tar.gz',
    'LPT9',
    'COM¹.x',
    'CONIN$',
    'conout$.txt',
    'prn:stream',
    'C:',
    'c:/x',
    'file.txt:stream',
    'trailing.',
    'trailing ',
    'folder./x',
    'PROGRA~1',
    'a?b',
    'a*b',
    'a|b',
    'a<b>',
    'say "x"',
  ])('rejects %j, which has a special meaning on Windows', (path) => {
    expect(isPlainOnWindows(path)).toBe(false);
  });

  test.each([
    'a.txt',
    'a/b/c.tar.gz',
    'console.txt',
    'com.txt',
    'com10',
    'auxiliary',
    'null',
    'lpt',
    '.hidden',
    'tilde~',
    'é',
  ])('accepts %j', (path) => {
    expect(isPlainOnWindows(path)).toBe(true);
  });
});

describe('hasDotName', () => {
  test.each(['.a', 'a/.b', '.a/b', '...', '.well-knownx', '.well-known/.a', '..a'])(
    'is true for %j',
    (path) => {
      expect(hasDotName(path)).toBe(true);
    },
  );

  test.each(['a', 'a.b', 'a/b.', '.well-known', '.well-known/a', 'a/.well-known/b', ''])(
    'is false for %j',
    (path) => {
      expect(hasDotName(path)).toBe(false);
    },
  );
});

test.each([
  ['br', 'app.js.br'],
  ['zstd', 'app.js.zst'],
  ['gzip', 'app.js.gz'],
] as const)('the %s encoding of app.js is stored as %s', (coding, name) => {
  expect(encodedName('app.js', coding)).toBe(name);
  expect(originalName(name)).toBe('app.js');
});

test('the extension of an encoding may be in upper case', () => {
  expect(originalName('app.js.GZ')).toBe('app.js');
});

test.each(['app.js', '.br', 'br', ''])('%j is not the name of an encoding', (name) => {
  expect(originalName(name)).toBeNull();
});

test.each([
  ['alias.txt', '.env', true],
  ['alias', 'sub/.git', true],
  ['alias', '.', true],
  ['.hidden/alias', '.env', false],
  ['alias', 'sub/b.txt', false],
  ['alias', '..data/key', false],
  ['alias', '.well-known/x', false],
  ['alias', '.well-knownx', true],
])('a link %s that leads to %s leads to a dotfile: %s', (path, target, expected) => {
  expect(leadsToDotName(path, target)).toBe(expected);
});

test('the error for a dotfile has the status 403 and no path', () => {
  expect(dotfileError()).toMatchObject({ status: 403, message: 'a path with a dotfile' });
});
