import { disallows } from '../../../src/access/disallow';
import { hasDotName } from '../../../src/paths/dotfiles';
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

describe('disallow', () => {
  const isDisallowed = disallows(['*.map', 'private/', '/top.txt', './here.txt', 'x/*.css']);

  test.each([
    ['a.map', 'deep/down/a.map'],
    ['a.txt', 'private/a.txt'],
    ['a.txt', 'private/deep/.x/a.txt'],
    ['top.txt', 'top.txt'],
    ['here.txt', 'here.txt'],
    ['a.css', 'x/a.css'],
  ])('denies the file name %s at the path %s', (name, path) => {
    expect(isDisallowed(name, path)).toBe(true);
  });

  test.each([
    ['a.txt', 'a.txt'],
    ['private', 'private'],
    ['top.txt', 'sub/top.txt'],
    ['a.css', 'x/y/a.css'],
    ['a.css', 'y/x/a.css'],
  ])('allows the file name %s at the path %s', (name, path) => {
    expect(isDisallowed(name, path)).toBe(false);
  });
});
