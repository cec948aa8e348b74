import fc from 'fast-check';
import { join, relative } from 'node:path';
import { safeJoin } from '../../src/loaders/safe-join';

describe('a safe join', () => {
  test.each(['', '..', '../x', 'a/../x', 'a/..', '.', './a', '/a', 'a//b', 'a/', 'a\\b', 'a\0b'])(
    'refuses %j',
    (path) => {
      expect(safeJoin('/root', path)).toBeNull();
    },
  );

  test.each(['a', 'a/b', '...', '..a', 'a..', ' ', 'ü/☃'])('takes %j', (path) => {
    expect(safeJoin('/root', path)).toBe(join('/root', path));
  });

  test('never leads out of the folder', () => {
    const part = fc.constantFrom('/', '.', '..', 'a', '\\', ' ');
    fc.assert(
      fc.property(fc.array(part), (parts) => {
        const joined = safeJoin('/root', parts.join(''));
        expect(joined === null || !relative('/root', joined).startsWith('../')).toBe(true);
      }),
    );
  });

  test('refuses on Windows what means something else there', () => {
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
