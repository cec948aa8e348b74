import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fnmatch, pathMatch } from '../../src/policy/fnmatch';

interface Recording {
  readonly names: readonly string[];
  /** Pairs of a pattern and, a digit a name, whether it matches. */
  readonly patterns: readonly (readonly [string, string])[];
}

const { names, patterns } = JSON.parse(
  readFileSync(join(__dirname, 'python-fnmatch.json'), 'utf8'),
) as Recording;

describe('a pattern means what it means to Python', () => {
  test.each(patterns)('%j', (pattern, matching) => {
    const matches = fnmatch(pattern);
    expect(names.filter(matches)).toEqual(names.filter((_, at) => matching.charAt(at) === '1'));
  });
});

describe('a path pattern', () => {
  test.each([
    ['sub/*', 'sub/a.txt', true],
    ['sub/*', 'sub/.a', true],
    ['sub/*', 'sub/deep/a.txt', false],
    ['sub/**', 'sub/deep/a.txt', true],
    ['**/*.txt', 'a.txt', true],
    ['**/*.txt', 'x/.y/a.txt', true],
    ['{a,b}/x', 'a/x', false],
    ['{a,b}/x', '{a,b}/x', true],
    ['[ab]/x', 'b/x', true],
  ])('%s against %s: %s', (pattern, path, expected) => {
    expect(pathMatch(pattern)(path)).toBe(expected);
  });
});
