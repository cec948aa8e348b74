import { SharedDataMiddleware } from '../../src';
import { app, rawRequest, serve } from '../support/server';
import { StandInStore } from './support/store';

const BEFORE = Buffer.alloc(300_000, 'before. ');
const AFTER = Buffer.alloc(200_000, 'after ');

/** A store whose object is known to the middleware by what it was before. */
async function serveReplaced(
  replace: (store: StandInStore) => void,
): Promise<{ store: StandInStore; port: number }> {
  const store = await StandInStore.start({ a: BEFORE });
  const shared = new SharedDataMiddleware(app, { '/s': store.loader({ factsFor: 600_000 }) });
  const { port } = await serve(shared.listener);
  await rawRequest(port, 'HEAD', '/s/a');
  replace(store);
  return { store, port };
}

test('an object that is replaced after it was looked at is looked at again, and sent as it is now', async () => {
  const { store, port } = await serveReplaced(({ objects }) => objects.set('a', AFTER));
  const { status, headers, body } = await rawRequest(port, 'GET', '/s/a');
  expect([status, headers['etag'], headers['content-length']]).toEqual([200, store.etagOf('a'), '200000']);
  expect(body.equals(AFTER)).toBe(true);
  expect(store.requests).toEqual(['HEAD a', 'GET a bytes=0-299999', 'HEAD a', 'GET a bytes=0-199999']);
});

test('so is one that has become too short for the part that is asked for', async () => {
  const { port } = await serveReplaced(({ objects, instead, answer }) => {
    objects.set('a', AFTER);
    // Some stores look at the range before they look at the condition.
    instead.push((_req, res) => res.writeHead(416).end(), answer);
  });
  const answer = await rawRequest(port, 'GET', '/s/a', [['Range', 'bytes=250000-250009']]);
  expect([answer.status, answer.headers['content-range']]).toEqual([416, 'bytes */200000']);
});

test('the fresh facts decide again: who has the new version already gets a 304', async () => {
  const { store, port } = await serveReplaced(({ objects }) => objects.set('a', AFTER));
  const answer = await rawRequest(port, 'GET', '/s/a', [['If-None-Match', store.etagOf('a')]]);
  expect(answer.status).toBe(304);
});

test('one that is replaced again and again is answered 503, and to be asked for again', async () => {
  const { store, port } = await serveReplaced(({ objects, instead, answer }) => {
    objects.set('a', AFTER);
    instead.push(answer, answer, (req, res) => {
      objects.set('a', BEFORE);
      answer(req, res);
    });
  });
  const { status, headers } = await rawRequest(port, 'GET', '/s/a');
  expect([status, headers['retry-after']]).toEqual([503, '1']);
  expect((await rawRequest(port, 'GET', '/s/a')).body.equals(BEFORE)).toBe(true);
  expect(store.conditions.length).toBe(3);
});

test('one that has been deleted is left to the application', async () => {
  const { store, port } = await serveReplaced(({ objects }) => objects.delete('a'));
  expect((await rawRequest(port, 'GET', '/s/a')).headers['x-app']).toBe('1');
  expect(store.requests.slice(1)).toEqual(['GET a bytes=0-299999', 'HEAD a']);
});

test('a store that ignores conditions is found out by the ETag of what it sends', async () => {
  const { port } = await serveReplaced(({ objects, instead, answer }) => {
    objects.set('a', AFTER);
    instead.push((req, res) => {
      delete req.headers['if-match'];
      answer(req, res);
    });
  });
  const { status, body } = await rawRequest(port, 'GET', '/s/a', [['Range', 'bytes=0-7']]);
  expect([status, body.toString()]).toEqual([206, 'after af']);
});

test('a store that ignores ranges is answered 503, not mistaken', async () => {
  const { port } = await serveReplaced(({ instead, answer }) => {
    instead.push((req, res) => {
      delete req.headers.range;
      answer(req, res);
    });
  });
  expect((await rawRequest(port, 'GET', '/s/a', [['Range', 'bytes=0-9']])).status).toBe(503);
});

test('the parts of one answer are of one version: it ends where another begins', async () => {
  const { store, port } = await serveReplaced(({ objects, instead, answer }) => {
    instead.push((req, res) => {
      answer(req, res);
      objects.set('a', AFTER);
    });
  });
  const { status, headers, body } = await rawRequest(port, 'GET', '/s/a', [['Range', 'bytes=0-7,80-87']]);
  expect(status).toBe(206);
  expect(body.length).toBeLessThan(Number(headers['content-length']));
  expect(body.includes('before. ')).toBe(true);
  expect(body.includes('after')).toBe(false);
  expect((await rawRequest(port, 'GET', '/s/a')).body.equals(AFTER)).toBe(true);
  expect(store.requests.at(-2)).toBe('HEAD a');
});
