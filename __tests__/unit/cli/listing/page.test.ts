import { createHash } from 'node:crypto';
import {
  CONTENT_SECURITY_POLICY,
  compareEntries,
  listingPage,
  type Entry,
} from '../../../../src/cli/listing/page';

const mtime = new Date('2024-02-29T12:34:56.789Z');

function file(name: string, size = 0): Entry {
  return { name, file: { size, mtime } };
}

function folder(name: string): Entry {
  return { name, file: undefined };
}

test('a page has a language, landmarks, a caption and header cells for screen readers', () => {
  const page = listingPage('/static/', [folder('sub'), file('a.txt', 3)]);
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
  const page = listingPage('/', []);
  const style = /<style>([^]*)<\/style>/.exec(page)?.[1] ?? '';
  expect(style).toContain('color-scheme: light dark');
  expect(style).toContain('@media (prefers-color-scheme: dark)');
  const hash = createHash('sha256').update(style).digest('base64');
  expect(CONTENT_SECURITY_POLICY).toBe(`default-src 'none'; style-src 'sha256-${hash}'`);
  expect(page).not.toMatch(/<script|<img|\son\w+=|\sstyle=|https?:/);
});

test('the breadcrumb links to each parent folder and to the page itself', () => {
  const page = listingPage('/a/<b>/', []);
  expect(page.match(/<li>.*<\/li>/g)).toEqual([
    '<li><a href="./../../"><bdi>Home</bdi></a></li>',
    '<li><a href="./../"><bdi>a</bdi></a></li>',
    '<li><a href="./" aria-current="page"><bdi>&#60;b&#62;</bdi></a></li>',
  ]);
});

test('the page of an empty folder has a message instead of a table', () => {
  const page = listingPage('/', []);
  expect(page).toContain('<p>This folder is empty.</p>');
  expect(page).not.toContain('<table>');
});

test('entries have one total order: folders first, numbers in names by value', () => {
  const ordered = [folder('b2'), folder('b10'), file('A.txt'), file('b.txt'), file('file9'), file('file10')];
  expect([...ordered].reverse().sort(compareEntries)).toEqual(ordered);
  const alike = [file('a.txt'), file('A.txt')];
  expect([...alike].reverse().sort(compareEntries)).toEqual(alike);
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
  expect(listingPage('/', [file('a', size)])).toContain(`<td>${shown}</td>`);
});
