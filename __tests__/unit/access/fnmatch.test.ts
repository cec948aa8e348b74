import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fnmatch } from '../../../src/access/fnmatch';

interface Recording {
  readonly names: readonly string[];
  /** Pairs of a pattern and its results: one digit for each name, 1 for a match. */
  readonly patterns: readonly (readonly [string, string])[];
}

const { names, patterns } = JSON.parse(
  readFileSync(join(__dirname, 'python-fnmatch.json'), 'utf8'),
) as Recording;

describe("fnmatch matches the same names as Python's fnmatch", () => {
  test.each(patterns)('for the pattern %j', (pattern, matching) => {
    const matches = fnmatch(pattern);
    expect(names.filter(matches)).toEqual(names.filter((_, index) => matching.charAt(index) === '1'));
  });
});

describe('fnmatch for paths', () => {
  test.each([
    ['[z-a]', 'null', false],
    ['sub/*', 'sub/a.txt', true],
    ['sub/*', 'sub/.a', true],
    ['sub/*', 'sub/deep/a.txt', false],
    ['sub/**', 'sub/deep/a.txt', true],
    ['**/*.txt', 'a.txt', true],
    ['**/*.txt', 'x/.y/a.txt', true],
    ['{a,b}/x', 'a/x', false],
    ['{a,b}/x', '{a,b}/x', true],
    ['[ab]/x', 'b/x', true],
  ])('matches %s against %s: %s', (pattern, path, expected) => {
    expect(fnmatch(pattern)(path)).toBe(expected);
  });
});
