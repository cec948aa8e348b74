import { once } from 'node:events';
import type { ServerResponse } from 'node:http';
import { connect } from 'node:net';
import { inspect } from 'node:util';
import { SharedDataMiddleware, type Loader } from '../../../src/index';
import { s3Loader } from '../../../src/s3/index';
import { eventually, openDescriptors } from '../../support/process';
import { app, rawRequest, serve } from '../../support/server';
import { clientOf, errorOf, sendError, SECRETS, FakeObjectStore } from '../../support/store';

const LARGE = Buffer.alloc(20_000_000, 'x');

async function serveLoader(loader: Loader): Promise<number> {
  return (await serve(new SharedDataMiddleware(app, { '/s': loader }).listener)).port;
}

describe.each(['HEAD', 'GET'])('a store that fails a %s request', (method) => {
  async function failingStore(status: number, code: string): Promise<FakeObjectStore> {
    const store = await FakeObjectStore.start({ a: 'content' });
    if (method === 'GET') store.overrides.push(store.answer);
    store.overrides.push((_req, res) => {
      sendError(res, status, code);
    });
    return store;
  }

  test.each([
    [403, 'AccessDenied'],
    [403, 'SignatureDoesNotMatch'],
    [400, 'AuthorizationHeaderMalformed'],
    [500, 'InternalError'],
    [503, 'SlowDown'],
  ])('with %d %s responds 503 without details, and is requested again next time', async (status, code) => {
    const port = await serveLoader((await failingStore(status, code)).loader({ metadataTtl: 0 }));
    const answer = await rawRequest(port, 'GET', '/s/a');
    expect([answer.status, answer.headers['retry-after'], answer.body.toString()]).toEqual([
      503,
      '1',
      'Service Unavailable\n',
    ]);
    expect((await rawRequest(port, 'GET', '/s/a')).body.toString()).toBe('content');
  });

  test('exposes its own error only as the cause, not in the message or properties', async () => {
    const error = await errorOf((await failingStore(403, 'AccessDenied')).loader());
    const { cause, ...shown } = Object.assign(Object.create(null) as { cause?: unknown }, error);
    expect(cause).toBeUndefined();
    expect([error.message, shown]).toEqual(['the object store has failed', { status: 503 }]);
    expect(error.cause).toBeInstanceOf(Error);
    for (const secret of SECRETS) {
      expect(JSON.stringify([error, error.message, error.stack, inspect(shown)])).not.toContain(secret);
    }
  });

  test('by closing the connection responds 503', async () => {
    const store = await FakeObjectStore.start({ a: 'content' });
    if (method === 'GET') store.overrides.push(store.answer);
    store.overrides.push((req) => req.socket.destroy());
    expect((await rawRequest(await serveLoader(store.loader()), 'GET', '/s/a')).status).toBe(503);
  });

  test('by a timeout responds 504, and is requested again next time', async () => {
    const store = await FakeObjectStore.start({ a: 'content' });
    if (method === 'GET') store.overrides.push(store.answer);
    let isClosed = false;
    store.overrides.push((req) => req.socket.once('close', () => (isClosed = true)));
    const port = await serveLoader(store.loader({ metadataTtl: 0, timeout: 300 }));
    const answer = await rawRequest(port, 'GET', '/s/a');
    expect([answer.status, answer.body.toString()]).toEqual([504, 'Gateway Timeout\n']);
    await eventually(() => {
      expect(isClosed).toBe(true);
    });
    expect((await rawRequest(port, 'GET', '/s/a')).body.toString()).toBe('content');
  });
});

test('a missing bucket responds 503 if the store distinguishes it from a missing object', async () => {
  const store = await FakeObjectStore.start({ a: 'content' });
  store.overrides.push(store.answer, (_req, res) => {
    sendError(res, 404, 'NoSuchBucket');
  });
  expect((await rawRequest(await serveLoader(store.loader()), 'GET', '/s/a')).status).toBe(503);
});

test('a refused connection responds 503', async () => {
  const loader = s3Loader({ client: clientOf('http://127.0.0.1:1'), bucket: 'the-bucket' });
  expect((await rawRequest(await serveLoader(loader), 'GET', '/s/a')).status).toBe(503);
});

test('an S3 client that ignores the abort signal and never settles responds 504', async () => {
  const client = { send: () => new Promise<never>(() => undefined) };
  const error = await errorOf(s3Loader({ client, bucket: 'the-bucket', timeout: 50 }));
  expect(error.status).toBe(504);
});

test('metadata with an invalid ETag responds 503', async () => {
  const store = await FakeObjectStore.start();
  const headers = { 'Content-Length': '5', ETag: '"a b"', 'Last-Modified': 'Thu, 29 Feb 2024 12:00:00 GMT' };
  store.overrides.push((_req, res) => res.writeHead(200, headers).end());
  expect((await rawRequest(await serveLoader(store.loader()), 'GET', '/s/a')).status).toBe(503);
});

test('metadata without an ETag, which identifies the version, responds 503', async () => {
  const store = await FakeObjectStore.start();
  store.overrides.push((_req, res) => res.writeHead(200, { 'Content-Length': '5' }).end());
  expect((await rawRequest(await serveLoader(store.loader()), 'GET', '/s/a')).status).toBe(503);
});

test('a response of the store without content is an error', async () => {
  const metadata = { LastModified: new Date(0), ContentLength: 5, ETag: '"1"' };
  const error = await errorOf(
    s3Loader({ client: { send: () => Promise.resolve(metadata) }, bucket: 'the-bucket' }),
  );
  expect([error.status, error.message]).toEqual([503, 'the object store sent no content']);
});

describe('a store that fails during the response', () => {
  /** Serves a large object from a store that sends only the first bytes. */
  async function servePartial(then: (res: ServerResponse) => void): Promise<number> {
    const store = await FakeObjectStore.start({ a: LARGE });
    store.overrides.push(store.answer, (_req, res) => {
      res.writeHead(206, { ETag: store.etagOf('a'), 'Content-Length': LARGE.length });
      res.write(LARGE.subarray(0, 1_000_000), () => {
        then(res);
      });
    });
    return serveLoader(store.loader({ timeout: 2000 }));
  }

  test.each<[string, (res: ServerResponse) => void]>([
    ['by closing the connection', (res) => res.destroy()],
    ['by a timeout', () => undefined],
  ])('%s closes the connection before Content-Length is reached', async (_how, then) => {
    const descriptors = openDescriptors();
    const port = await servePartial(then);
    const { status, headers, body } = await rawRequest(port, 'GET', '/s/a');
    expect([status, headers['content-length']]).toEqual([200, String(LARGE.length)]);
    expect(body.length).toBeLessThan(LARGE.length);
    await eventually(() => {
      // Two servers, and both ends of the keep-alive connection of the HEAD request.
      expect(openDescriptors()).toBeLessThanOrEqual(descriptors + 4);
    });
  });
});

test('a slow client does not cause a timeout of the store', async () => {
  const store = await FakeObjectStore.start({ a: LARGE });
  const port = await serveLoader(store.loader({ timeout: 1000 }));
  const socket = connect(port, '127.0.0.1');
  socket.write('GET /s/a HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n');
  let received = 0;
  await once(socket, 'readable');
  // Two requests that time out in turn show that the timeout has passed.
  for (let turn = 0; turn < 2; turn++) {
    store.overrides.push(() => undefined);
    expect((await rawRequest(port, 'GET', '/s/silent')).status).toBe(504);
  }
  socket.on('data', (chunk: Buffer) => (received += chunk.length));
  await once(socket, 'close');
  expect(received).toBeGreaterThan(LARGE.length);
});
