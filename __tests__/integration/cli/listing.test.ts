import { join } from 'node:path';
import { folderWith } from '../../support/files';
import { rawRequest, type RawAnswer } from '../../support/server';
import { namesAt, pageAt, statusesAt } from './listing-support';
import { served } from '../../support/cli';

/** Follows a link of a page. The URL is resolved as in a browser. */
async function clicked(port: number, page: string, href: string): Promise<RawAnswer> {
  const url = new URL(href, `http://127.0.0.1:${port}${page}`);
  expect(url.host).toBe(`127.0.0.1:${port}`);
  return rawRequest(port, 'GET', url.pathname);
}

test('a directory without an index shows its entries: folders first, numbers in names by value', async () => {
  const folder = folderWith({
    'file10.txt': '',
    'file9.txt': '',
    'a.txt': '',
    'sub/b.txt': '',
    'Sub2/c.txt': '',
  });
  const port = await served(folder);
  expect(await namesAt(port, '/')).toEqual(['./sub/', './Sub2/', './a.txt', './file9.txt', './file10.txt']);
  expect(await namesAt(port, '/sub/')).toEqual(['./b.txt']);
});

test('a directory without an index responds 404 with --no-listing', async () => {
  const port = await served(folderWith({ 'sub/b.txt': '' }), '--no-listing');
  expect(await statusesAt(port, '/', '/sub', '/sub/')).toEqual([404, 404, 404]);
});

test('an index file replaces the listing of its directory, unless --no-index is given', async () => {
  const folder = folderWith({ 'index.html': 'home', 'sub/b.txt': '' });
  const port = await served(folder);
  expect((await rawRequest(port, 'GET', '/')).body.toString()).toBe('home');
  expect(await namesAt(port, '/sub/')).toEqual(['./b.txt']);
  expect(await namesAt(await served(folder, '--no-index'), '/')).toEqual(['./sub/', './index.html']);
});

test('a page allows no script, is revalidated each time, and is not sniffed', async () => {
  const port = await served(folderWith({ 'a.txt': '' }), '--listing');
  const { headers, body } = await rawRequest(port, 'GET', '/');
  expect(headers).toMatchObject({
    'cache-control': 'no-cache',
    'content-length': String(body.length),
    'content-security-policy': expect.stringMatching(
      /^default-src 'none'; style-src 'sha256-[\w+/]{43}='$/,
    ) as string,
    'x-content-type-options': 'nosniff',
  });
});

test('HEAD has the headers of GET and no body; other methods respond 405', async () => {
  const port = await served(folderWith({ 'a.txt': '' }), '--listing');
  const [get, head] = await Promise.all(['GET', 'HEAD'].map((method) => rawRequest(port, method, '/')));
  expect({ ...head?.headers, date: '' }).toEqual({ ...get?.headers, date: '' });
  expect([head?.status, head?.body.length]).toEqual([200, 0]);
  for (const method of ['POST', 'PUT', 'DELETE', 'OPTIONS']) {
    for (const target of ['/', '/a.txt']) {
      const { status, headers } = await rawRequest(port, method, target);
      expect([status, headers['allow']]).toEqual([405, 'GET, HEAD']);
    }
    expect((await rawRequest(port, method, '/missing')).status).toBe(404);
  }
});

test('a directory without a trailing slash is redirected to it with the query', async () => {
  const port = await served(folderWith({ 'a b/c/d.txt': '' }), '--listing');
  for (const [target, location] of [
    ['/a%20b', './a%20b/'],
    ['/a%20b/c?q=1', './c/?q=1'],
  ] as const) {
    const { status, headers } = await rawRequest(port, 'GET', target);
    expect([status, headers['location']]).toEqual([308, location]);
  }
  expect(await statusesAt(port, '/a%20b/c/d.txt', '/a%20b/c/d.txt/', '/no-such', '/no-such/')).toEqual([
    200, 404, 404, 404,
  ]);
});

describe('a name with special characters', () => {
  const names = [
    '<img src=x onerror=alert(1)>.txt',
    '"quote".txt',
    "it's.txt",
    'a b#c?d.txt',
    'javascript:alert(1)',
    '%41.txt',
    '%2e%2e',
    'a&amp;b.txt',
    '&lt;.txt',
    'wörld ☃ 😀.txt',
    'line\nbreak.txt',
    '\u202egnp.txt',
    '-rf',
    '~',
    'a..b',
    'x...',
  ];
  const files = Object.fromEntries(names.map((name) => [name, `content of ${name}`]));
  const folders = Object.fromEntries(names.map((name) => [`${name} folder/in.txt`, `inside ${name}`]));

  test.each(['/', '/x/'])('has a working link in the listing of %s', async (page) => {
    const folder = folderWith({ ...files, ...folders });
    const port = await served('--listing', '--export', `${page}=${folder}`);
    const links = await namesAt(port, page);
    expect(links.every((link) => link.startsWith('./'))).toBe(true);
    const bodies = await Promise.all(links.map((link) => clicked(port, page, link)));
    const contents = bodies.slice(names.length).map(({ body }) => body.toString());
    expect(contents.sort()).toEqual(Object.values(files).sort());
    for (const { status } of bodies) expect(status).toBe(200);
    for (const link of links.slice(0, names.length))
      expect(await namesAt(port, page + link.slice(2))).toEqual(['./in.txt']);
  });

  test('is escaped in the page', async () => {
    const page = await pageAt(await served(folderWith(files), '--listing'), '/');
    expect(page).not.toContain('<img');
    expect(page).toContain('&#60;img src=x onerror=alert(1)&#62;.txt');
    expect(page).toContain('&#38;lt;.txt');
  });
});

describe('a target never lists a folder outside the export (GHSA-pr96-94w5-mx2h):', () => {
  const outer = folderWith({
    'secret.txt': 'secret',
    'public/a.txt': 'abc',
    'public/x/b.txt': 'abc',
    'sibling/c.txt': '',
  });

  test.each([
    '/../',
    '/..',
    '/%2e%2e/',
    '/%2E%2E',
    '/.%2e/',
    '/x/../../',
    '/x/%2e%2e/%2e%2e/',
    '/..%2f',
    '/x%2f..%2f..%2f',
    '/..%5c',
    '/..\\',
    '/x/..',
    '/x/../',
    '//',
    '//x/',
    '/x//',
    '/./',
    '/%2e/',
    '/x%2f',
    '/../sibling/',
    '/%00/',
    '/x%00/',
    '/%c0%ae%c0%ae/',
    '/..;/',
  ])('%s responds 404', async (target) => {
    for (const prefix of ['', '/static']) {
      const port = await served('--listing', '--export', `${prefix || '/'}=${join(outer, 'public')}`);
      const { status, body } = await rawRequest(port, 'GET', prefix + target);
      expect([status, body.toString()]).toEqual([404, 'Not Found\n']);
    }
  });
});

describe('exports', () => {
  test('of folders, files and nested prefixes are shown at each level', async () => {
    const folder = folderWith({ 'a.txt': 'abc', 'sub/b.txt': '' });
    const exports = [`/static=${folder}`, `/one/two/three=${folder}`, `/one.txt=${join(folder, 'a.txt')}`];
    const port = await served('--listing', ...exports.flatMap((text) => ['--export', text]));
    expect(await namesAt(port, '/')).toEqual(['./one/', './static/', './one.txt']);
    expect(await namesAt(port, '/one/')).toEqual(['./two/']);
    expect(await namesAt(port, '/one/two/')).toEqual(['./three/']);
    expect(await namesAt(port, '/one/two/three/sub/')).toEqual(['./b.txt']);
    expect((await rawRequest(port, 'GET', '/static')).headers['location']).toBe('./static/');
    expect(await statusesAt(port, '/stat/', '/static/no/', '/one/three/')).toEqual([404, 404, 404]);
  });

  test('with the same prefix are merged, and the first one with a name takes precedence', async () => {
    const [first, second] = [folderWith({ 'a.txt': '1' }), folderWith({ 'a.txt': '22', 'b.txt': '22' })];
    const port = await served('--listing', '--export', `/x=${first}`, '--export', `/x=${second}`);
    expect(await namesAt(port, '/x/')).toEqual(['./a.txt', './b.txt']);
    expect(await pageAt(port, '/x/')).toMatch(/a\.txt<\/bdi><\/a><\/th><td>1 B</);
  });

  test('that are not served are not shown', async () => {
    const folder = folderWith({ 'a.map': '', 'a.txt': '' });
    const map = join(folder, 'a.map');
    const exports = [`/x.txt=${map}`, `/deep/x.txt=${map}`, `/deep2/.hidden=${folder}`, `/static=${folder}`];
    const port = await served(
      '--listing',
      '--disallow',
      '*.map',
      ...exports.flatMap((text) => ['--export', text]),
    );
    expect(await namesAt(port, '/')).toEqual(['./static/']);
  });
});
