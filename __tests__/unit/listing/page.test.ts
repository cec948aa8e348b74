import { createHash } from 'node:crypto';
import type { ListingEntry } from '../../../src/index';
import { CONTENT_SECURITY_POLICY, compareNames, listingPage } from '../../../src/listing/page';

const ONE_PAGE = { number: 1, count: 1 };

const mtime = new Date('2024-02-29T12:34:56.789Z');

function file(name: string, size = 0): ListingEntry {
  return { name, file: { size, mtime } };
}

function folder(name: string): ListingEntry {
  return { name, file: undefined };
}

test('a page has a language, landmarks, a caption and header cells for screen readers', () => {
  const page = listingPage({ path: '/static/', entries: [folder('sub'), file('a.txt', 3)], page: ONE_PAGE });
  for (const part of [
    '<html lang="en">',
    '<title>/static/</title>',
    '<nav aria-label="Breadcrumb">',
    '<main>',
    '<h1><bdi>/static/</bdi></h1>',
    '<caption>1 folder, 1 file</caption>',
    '<th scope="col">Name</th><th scope="col">Size</th><th scope="col">Modified (UTC)</th>',
    '<tr><th scope="row"><a href="./sub/"><bdi>sub</bdi>/</a></th><td></td><td></td></tr>',
    '<tr><th scope="row"><a href="./a.txt"><bdi>a.txt</bdi></a></th><td>3 B</td>',
    '<time datetime="2024-02-29T12:34:56.789Z">2024-02-29 12:34</time>',
  ]) {
    expect(page).toContain(part);
  }
});

test('a page has a light and a dark style, and its policy allows nothing else', () => {
  const page = listingPage({ path: '/', entries: [], page: ONE_PAGE });
  const style = /<style>([^]*)<\/style>/.exec(page)?.[1] ?? '';
  expect(style).toContain('color-scheme: light dark');
  expect(style).toContain('@media (prefers-color-scheme: dark)');
  const hash = createHash('sha256').update(style).digest('base64');
  expect(CONTENT_SECURITY_POLICY).toBe(`default-src 'none'; style-src 'sha256-${hash}'`);
  expect(page).not.toMatch(/<script|<img|\son\w+=|\sstyle=|https?:/);
});

test('the breadcrumb links to each parent folder and to the page itself', () => {
  const page = listingPage({ path: '/a/<b>/', entries: [], page: ONE_PAGE });
  expect(page.match(/<li>.*<\/li>/g)).toEqual([
    '<li><a href="./../../"><bdi>Home</bdi></a></li>',
    '<li><a href="./../"><bdi>a</bdi></a></li>',
    '<li><a href="./" aria-current="page"><bdi>&#60;b&#62;</bdi></a></li>',
  ]);
});

test('the page of an empty folder has a message instead of a table', () => {
  const page = listingPage({ path: '/', entries: [], page: ONE_PAGE });
  expect(page).toContain('<p>This folder is empty.</p>');
  expect(page).not.toContain('<table>');
});

test('a page of several links to the first, the previous, the next and the last one', () => {
  const linksOf = (number: number): string[] =>
    listingPage({ path: '/x/', entries: [file('a.txt')], page: { number, count: 3 } }).match(
      /<a href="\.\/\?.*<\/a>/g,
    ) ?? [];
  const [first, last] = ['<a href="./?page=1">First</a>', '<a href="./?page=3">Last</a>'];
  expect(linksOf(1)).toEqual(['<a href="./?page=2" rel="next">Next</a>', last]);
  expect(linksOf(2)).toEqual([
    first,
    '<a href="./?page=1" rel="prev">Previous</a>',
    '<a href="./?page=3" rel="next">Next</a>',
    last,
  ]);
  expect(linksOf(3)).toEqual([first, '<a href="./?page=2" rel="prev">Previous</a>']);
  const page = listingPage({ path: '/x/', entries: [file('a.txt')], page: { number: 2, count: 3 } });
  for (const part of [
    '<title>/x/ (page 2 of 3)</title>',
    '<h1><bdi>/x/</bdi></h1>',
    '<nav aria-label="Pages">',
    '<li aria-current="page">page 2 of 3</li>',
    '<caption>0 folders, 1 file on this page</caption>',
  ]) {
    expect(page).toContain(part);
  }
  expect(listingPage({ path: '/x/', entries: [], page: { number: 2, count: 3 } })).toContain(
    '<p>This page is empty.</p>',
  );
});

test('the only page has no links to pages', () => {
  expect(listingPage({ path: '/', entries: [file('a.txt')], page: ONE_PAGE })).not.toMatch(
    /aria-label="Pages"|page=|page 1/,
  );
});

test('entries have one total order: folders first, numbers in names by value', () => {
  const named = (name: string, isDirectory = false) => ({ name, isDirectory });
  const folders = [named('b2', true), named('b10', true)];
  const ordered = [...folders, ...['A.txt', 'b.txt', 'file9', 'file10'].map((name) => named(name))];
  expect([...ordered].reverse().sort(compareNames)).toEqual(ordered);
  // These are equal in the collation: the last two are one letter in two forms of Unicode.
  for (const alike of [
    ['a.txt', 'A.txt'],
    ['01', '1'],
    ['e\u0301', '\u00e9'],
  ]) {
    const pair = alike.map((name) => named(name));
    expect([...pair].reverse().sort(compareNames)).toEqual(pair);
  }
});

test.each([
  [0, '0 B'],
  [1023, '1023 B'],
  [1024, '1.0 KiB'],
  [1536, '1.5 KiB'],
  [1024 ** 2 - 1, '1.0 MiB'],
  [5 * 1024 ** 2, '5.0 MiB'],
  [3 * 1024 ** 3, '3.0 GiB'],
  [2 * 1024 ** 4, '2.0 TiB'],
  [5000 * 1024 ** 4, '5000.0 TiB'],
])('%d bytes are shown as %s', (size, shown) => {
  expect(listingPage({ path: '/', entries: [file('a', size)], page: ONE_PAGE })).toContain(
    `<td>${shown}</td>`,
  );
});

test.each([NaN, Date.UTC(20_000, 0), -1e15])('the time %d, which no file has, is not shown', (time) => {
  const page = listingPage({
    path: '/',
    entries: [{ name: 'a.txt', file: { size: 0, mtime: new Date(time) } }],
    page: ONE_PAGE,
  });
  expect(page).toContain('<td>0 B</td><td></td></tr>');
});
