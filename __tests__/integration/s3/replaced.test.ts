import { SharedDataMiddleware } from '../../../src/index';
import { app, rawRequest, serve } from '../../support/server';
import { FakeObjectStore } from '../../support/store';

const BEFORE = Buffer.alloc(300_000, 'before. ');
const AFTER = Buffer.alloc(200_000, 'after ');

/** Serves an object that is replaced after the middleware has cached its metadata. */
async function serveReplaced(
  replace: (store: FakeObjectStore) => void,
): Promise<{ store: FakeObjectStore; port: number }> {
  const store = await FakeObjectStore.start({ a: BEFORE });
  const shared = new SharedDataMiddleware(app, { '/s': store.loader({ metadataTtl: 600_000 }) });
  const { port } = await serve(shared.listener);
  await rawRequest(port, 'HEAD', '/s/a');
  replace(store);
  return { store, port };
}

test('an object that was replaced after its HEAD request is sent in its new version', async () => {
  const { store, port } = await serveReplaced(({ objects }) => objects.set('a', AFTER));
  const { status, headers, body } = await rawRequest(port, 'GET', '/s/a');
  expect([status, headers['etag'], headers['content-length']]).toEqual([200, store.etagOf('a'), '200000']);
  expect(body.equals(AFTER)).toBe(true);
  expect(store.requests).toEqual(['HEAD a', 'GET a bytes=0-299999', 'HEAD a', 'GET a bytes=0-199999']);
});

test('a range beyond the end of the replaced object responds 416 with its new length', async () => {
  const { port } = await serveReplaced(({ objects, overrides, answer }) => {
    objects.set('a', AFTER);
    // Some stores evaluate Range before If-Match.
    overrides.push((_req, res) => res.writeHead(416).end(), answer);
  });
  const answer = await rawRequest(port, 'GET', '/s/a', [['Range', 'bytes=250000-250009']]);
  expect([answer.status, answer.headers['content-range']]).toEqual([416, 'bytes */200000']);
});

test('If-None-Match with the ETag of the replaced object responds 304', async () => {
  const { store, port } = await serveReplaced(({ objects }) => objects.set('a', AFTER));
  const answer = await rawRequest(port, 'GET', '/s/a', [['If-None-Match', store.etagOf('a')]]);
  expect(answer.status).toBe(304);
});

test('an object that is replaced again during the retry responds 503 with Retry-After', async () => {
  const { store, port } = await serveReplaced(({ objects, overrides, answer }) => {
    objects.set('a', AFTER);
    overrides.push(answer, answer, (req, res) => {
      objects.set('a', BEFORE);
      answer(req, res);
    });
  });
  const { status, headers } = await rawRequest(port, 'GET', '/s/a');
  expect([status, headers['retry-after']]).toEqual([503, '1']);
  expect((await rawRequest(port, 'GET', '/s/a')).body.equals(BEFORE)).toBe(true);
  expect(store.conditions.length).toBe(3);
});

test('an object that was deleted after its HEAD request is passed to the application', async () => {
  const { store, port } = await serveReplaced(({ objects }) => objects.delete('a'));
  expect((await rawRequest(port, 'GET', '/s/a')).headers['x-app']).toBe('1');
  expect(store.requests.slice(1)).toEqual(['GET a bytes=0-299999', 'HEAD a']);
});

test('a replaced object is detected by its ETag if the store ignores If-Match', async () => {
  const { port } = await serveReplaced(({ objects, overrides, answer }) => {
    objects.set('a', AFTER);
    overrides.push((req, res) => {
      delete req.headers['if-match'];
      answer(req, res);
    });
  });
  const { status, body } = await rawRequest(port, 'GET', '/s/a', [['Range', 'bytes=0-7']]);
  expect([status, body.toString()]).toEqual([206, 'after af']);
});

test('a store that ignores Range responds 503', async () => {
  const { port } = await serveReplaced(({ overrides, answer }) => {
    overrides.push((req, res) => {
      delete req.headers.range;
      answer(req, res);
    });
  });
  expect((await rawRequest(port, 'GET', '/s/a', [['Range', 'bytes=0-9']])).status).toBe(503);
});

test('a multipart response contains one version only, and is aborted if the object is replaced', async () => {
  const { store, port } = await serveReplaced(({ objects, overrides, answer }) => {
    overrides.push((req, res) => {
      answer(req, res);
      objects.set('a', AFTER);
    });
  });
  const { status, headers, body } = await rawRequest(port, 'GET', '/s/a', [
    ['Range', 'bytes=0-7,80000-80007'],
  ]);
  expect(status).toBe(206);
  expect(body.length).toBeLessThan(Number(headers['content-length']));
  expect(body.includes('before. ')).toBe(true);
  expect(body.includes('after')).toBe(false);
  expect((await rawRequest(port, 'GET', '/s/a')).body.equals(AFTER)).toBe(true);
  expect(store.requests.at(-2)).toBe('HEAD a');
});
