import { SharedDataMiddleware } from '../../../src/index';
import { app, rawRequest, serve } from '../../support/server';
import { FakeObjectStore } from '../../support/store';

async function serveStore(
  store: FakeObjectStore,
  options: Parameters<FakeObjectStore['loader']>[0] = {},
): Promise<number> {
  const shared = new SharedDataMiddleware(app, { '/s': store.loader(options) });
  return (await serve(shared.listener)).port;
}

const GREETING = 'Hello, world';

test('a whole object is read with one HEAD and one GET request', async () => {
  const store = await FakeObjectStore.start({ 'a/hello.txt': GREETING });
  const port = await serveStore(store);
  const { status, headers, body } = await rawRequest(port, 'GET', '/s/a/hello.txt');
  expect([status, body.toString()]).toEqual([200, GREETING]);
  expect(headers).toMatchObject({
    'content-type': 'text/plain; charset=utf-8',
    'content-length': '12',
    etag: store.etagOf('a/hello.txt'),
    'last-modified': 'Thu, 29 Feb 2024 12:00:00 GMT',
  });
  expect(store.requests).toEqual(['HEAD a/hello.txt', 'GET a/hello.txt bytes=0-11']);
});

test('a range request reads only the requested bytes, with If-Match on the ETag of the object', async () => {
  const store = await FakeObjectStore.start({ 'hello.txt': GREETING });
  const port = await serveStore(store);
  const response = await rawRequest(port, 'GET', '/s/hello.txt', [['Range', 'bytes=7-9']]);
  expect([response.status, response.headers['content-range'], response.body.toString()]).toEqual([
    206,
    'bytes 7-9/12',
    'wor',
  ]);
  expect(store.requests).toEqual(['HEAD hello.txt', 'GET hello.txt bytes=7-9']);
  expect(store.conditions).toEqual([store.etagOf('hello.txt')]);
});

test('near parts of a multipart response are read with one request, others with their own', async () => {
  const content = `${GREETING}${'-'.repeat(200_000)}${GREETING}`;
  const store = await FakeObjectStore.start({ 'hello.txt': content });
  const port = await serveStore(store);
  const response = await rawRequest(port, 'GET', '/s/hello.txt', [['Range', 'bytes=5-6,0-1,-2']]);
  expect(response.status).toBe(206);
  const parts = response.body
    .toString()
    .split('\r\n')
    .filter((line) => /^[\w, ]+$/.test(line));
  expect(parts).toEqual([', ', 'He', 'ld']);
  expect(store.requests.slice(1)).toEqual(['GET hello.txt bytes=0-6', 'GET hello.txt bytes=200022-200023']);
});

test.each([
  ['HEAD', 'HEAD', [], 200],
  ['If-None-Match with the current ETag', 'GET', ['If-None-Match'], 304],
  ['a failed If-Match', 'GET', ['If-Match', '"other"'], 412],
  ['a range beyond the end', 'GET', ['Range', 'bytes=12-'], 416],
] as const)('%s reads no content from the store', async (_name, method, [name, value], expected) => {
  const store = await FakeObjectStore.start({ 'hello.txt': GREETING });
  const port = await serveStore(store);
  const fields: [string, string][] = name === undefined ? [] : [[name, value ?? store.etagOf('hello.txt')]];
  const { status } = await rawRequest(port, method, '/s/hello.txt', fields);
  expect(status).toBe(expected);
  expect(store.requests).toEqual(['HEAD hello.txt']);
});

test('an empty object is served without a GET request', async () => {
  const store = await FakeObjectStore.start({ 'empty.txt': '' });
  const port = await serveStore(store);
  const { status, headers } = await rawRequest(port, 'GET', '/s/empty.txt');
  expect([status, headers['content-length']]).toEqual([200, '0']);
  expect(store.requests).toEqual(['HEAD empty.txt']);
});

test.each([
  ['/s/two%20words.txt', 'two words.txt'],
  ['/s/100%25.txt', '100%.txt'],
  ['/s/%C3%BCber/%E2%82%AC.txt', 'über/€.txt'],
  ['/s/a+b.txt', 'a+b.txt'],
])('the path %s is read from the key %s', async (target, key) => {
  const store = await FakeObjectStore.start({ [key]: key });
  const port = await serveStore(store);
  expect((await rawRequest(port, 'GET', target)).body.toString()).toBe(key);
});

test('the prefix is added to every key, and no key outside it is served', async () => {
  const store = await FakeObjectStore.start({ 'site/a.txt': 'a', 'b.txt': 'b' });
  const port = await serveStore(store, { prefix: 'site/' });
  expect((await rawRequest(port, 'GET', '/s/a.txt')).body.toString()).toBe('a');
  for (const target of ['/s/b.txt', '/s/../b.txt', '/s/%2e%2e/b.txt', '/s/..%2fb.txt']) {
    expect((await rawRequest(port, 'GET', target)).headers['x-app']).toBe('1');
  }
});

test('a path that is not canonical is not requested from the store', async () => {
  const store = await FakeObjectStore.start();
  const loader = store.loader({ prefix: 'site/', index: 'index.html' });
  for (const path of ['../b.txt', 'a/../../b.txt', 'a//b.txt', './a', 'a\\b', 'a\0', '../']) {
    expect(await loader(path, { method: 'GET', url: '/', headers: {} })).toBe(null);
  }
  expect(store.requests).toEqual([]);
});

test('a missing object is passed to the application', async () => {
  const store = await FakeObjectStore.start();
  const port = await serveStore(store);
  expect((await rawRequest(port, 'GET', '/s/none.txt')).headers['x-app']).toBe('1');
});

test('a key that is too long for S3 is not requested, but passed to the application', async () => {
  const store = await FakeObjectStore.start();
  const port = await serveStore(store);
  const target = `/s/${'%C3%BC'.repeat(513)}`;
  expect((await rawRequest(port, 'GET', target)).headers['x-app']).toBe('1');
  expect(store.requests).toEqual([]);
});

test('a key that ends with a slash is not served', async () => {
  const store = await FakeObjectStore.start({ 'folder/': 'placeholder' });
  const port = await serveStore(store);
  expect((await rawRequest(port, 'GET', '/s/folder/')).headers['x-app']).toBe('1');
  expect((await rawRequest(port, 'GET', '/s/')).headers['x-app']).toBe('1');
  expect(store.requests).toEqual([]);
});

test('a directory is served with its first index file and redirects to its trailing slash', async () => {
  const store = await FakeObjectStore.start({ 'folder/index.htm': '<p>index' });
  const index = ['index.html', 'index.htm'];
  const shared = new SharedDataMiddleware(app, { '/s': store.loader({ index }) }, { index });
  const { port } = await serve(shared.listener);
  const { headers, body } = await rawRequest(port, 'GET', '/s/folder/');
  expect([headers['content-type'], body.toString()]).toEqual(['text/html; charset=utf-8', '<p>index']);
  const redirect = await rawRequest(port, 'GET', '/s/folder');
  expect([redirect.status, redirect.headers['location']]).toEqual([308, './folder/']);
});

test('with the key option, no other object is served', async () => {
  const store = await FakeObjectStore.start({ 'icon.svg': '<svg/>', 'secrets/db.json': 'secret' });
  const shared = new SharedDataMiddleware(app, { '/icon.svg': store.loader({ key: 'icon.svg' }) });
  const { port } = await serve(shared.listener);
  for (const target of ['/icon.svg/secrets/db.json', '/icon.svg/', '/icon.svg/icon.svg']) {
    expect((await rawRequest(port, 'GET', target)).headers['x-app']).toBe('1');
  }
});

test('the prefix of an export serves the object of the key option, if it is set', async () => {
  const store = await FakeObjectStore.start({ 'p/icon.svg': '<svg/>' });
  const shared = new SharedDataMiddleware(app, {
    '/icon.svg': store.loader({ prefix: 'p/', key: 'icon.svg' }),
    '/s': store.loader({ prefix: 'p/' }),
  });
  const { port } = await serve(shared.listener);
  const { headers, body } = await rawRequest(port, 'GET', '/icon.svg');
  expect([headers['content-type'], body.toString()]).toEqual(['image/svg+xml; charset=utf-8', '<svg/>']);
  expect((await rawRequest(port, 'GET', '/s')).headers['x-app']).toBe('1');
});
