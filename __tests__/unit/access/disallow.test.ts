import { disallows } from '../../../src/access/disallow';

describe('disallow', () => {
  const patterns = [
    '*.map',
    'secret.js',
    'private/',
    '/top.txt',
    './here.txt',
    'x/*.css',
    'y/**/*.txt',
    '//z.txt',
    'a.b/c/',
  ];

  test.each([
    ['a.map', 'deep/down/a.map'],
    ['secret.js', 'deep/secret.js'],
    ['a.txt', 'y/a.txt'],
    ['a.txt', 'y/z/a.txt'],
    ['a.txt', 'private/a.txt'],
    ['a.txt', 'private/deep/.x/a.txt'],
    ['top.txt', 'top.txt'],
    ['here.txt', 'here.txt'],
    ['z.txt', 'z.txt'],
    ['d', 'a.b/c/d'],
    ['a.css', 'x/a.css'],
  ])('denies the file name %s at the path %s', (name, path) => {
    expect(disallows(patterns)(name, path)).toBe(true);
  });

  test.each([
    ['a.txt', 'a.txt'],
    ['private', 'private'],
    ['top.txt', 'sub/top.txt'],
    ['top.txt.bak', 'top.txt.bak'],
    ['a.css', 'x/y/a.css'],
    ['a.css', 'y/x/a.css'],
    ['d', 'a/c/d'],
    ['b.txt', 'x/private/b.txt'],
  ])('allows the file name %s at the path %s', (name, path) => {
    expect(disallows(patterns)(name, path)).toBe(false);
  });
});

test('without patterns, no file is denied', () => {
  expect(disallows([])('a.txt', 'a.txt')).toBe(false);
});
