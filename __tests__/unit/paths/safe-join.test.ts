import fc from 'fast-check';
import { join, relative } from 'node:path';
import { safeJoin } from '../../../src/paths/safe-join';

describe('safeJoin', () => {
  test.each(['', '..', '../x', 'a/../x', 'a/..', '.', './a', '/a', 'a//b', 'a/', 'a\\b', 'a\0b'])(
    'rejects %j',
    (path) => {
      expect(safeJoin('/root', path)).toBeNull();
    },
  );

  test.each(['a', 'a/b', '...', '..a', 'a..', ' ', 'ü/☃'])('accepts %j', (path) => {
    expect(safeJoin('/root', path)).toBe(join('/root', path));
  });

  test('joins to a directory that ends with a slash', () => {
    expect(safeJoin('/', 'a/b')).toBe('/a/b');
  });

  test('never leaves the root directory', () => {
    const part = fc.constantFrom('/', '.', '..', 'a', '\\', ' ');
    fc.assert(
      fc.property(fc.array(part), (parts) => {
        const joined = safeJoin('/root', parts.join(''));
        expect(joined === null || !relative('/root', joined).startsWith('../')).toBe(true);
      }),
    );
  });

  test('rejects reserved file names on Windows', () => {
    const { platform } = process;
    Object.defineProperty(process, 'platform', { value: 'win32' });
    try {
      expect(safeJoin('/root', 'nul.txt')).toBeNull();
      expect(safeJoin('/root', 'a.txt')).not.toBeNull();
    } finally {
      Object.defineProperty(process, 'platform', { value: platform });
    }
  });
});
