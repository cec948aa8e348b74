import { once } from 'node:events';
import type { ServerResponse } from 'node:http';
import { connect } from 'node:net';
import { inspect } from 'node:util';
import { SharedDataMiddleware, type Loader } from '../../src';
import { s3Loader } from '../../src/s3';
import { eventually, openDescriptors } from '../support/process';
import { app, rawRequest, serve } from '../support/server';
import { clientOf, failureOf, refuse, SECRETS, StandInStore } from './support/store';

const LARGE = Buffer.alloc(20_000_000, 'x');

async function serveLoader(loader: Loader): Promise<number> {
  return (await serve(new SharedDataMiddleware(app, { '/s': loader }).listener)).port;
}

describe.each(['look', 'read'])('a store that fails when it is asked for a %s', (step) => {
  async function failing(status: number, code: string): Promise<StandInStore> {
    const store = await StandInStore.start({ a: 'content' });
    if (step === 'read') store.instead.push(store.answer);
    store.instead.push((_req, res) => {
      refuse(res, status, code);
    });
    return store;
  }

  test.each([
    [403, 'AccessDenied'],
    [403, 'SignatureDoesNotMatch'],
    [400, 'AuthorizationHeaderMalformed'],
    [500, 'InternalError'],
    [503, 'SlowDown'],
  ])('with %d %s is answered 503, which tells nothing of it, and asked again', async (status, code) => {
    const port = await serveLoader((await failing(status, code)).loader({ factsFor: 0 }));
    const answer = await rawRequest(port, 'GET', '/s/a');
    expect([answer.status, answer.headers['retry-after'], answer.body.toString()]).toEqual([
      503,
      '1',
      'Service Unavailable\n',
    ]);
    expect((await rawRequest(port, 'GET', '/s/a')).body.toString()).toBe('content');
  });

  test('has its own error neither in the message nor among the fields, only as the cause', async () => {
    const error = await failureOf((await failing(403, 'AccessDenied')).loader());
    const { cause, ...shown } = Object.assign(Object.create(null) as { cause?: unknown }, error);
    expect(cause).toBeUndefined();
    expect([error.message, shown]).toEqual(['the object store has failed', { status: 503 }]);
    expect(error.cause).toBeInstanceOf(Error);
    for (const secret of SECRETS) {
      expect(JSON.stringify([error, error.message, error.stack, inspect(shown)])).not.toContain(secret);
    }
  });

  test('by ending the connection is answered 503', async () => {
    const store = await StandInStore.start({ a: 'content' });
    if (step === 'read') store.instead.push(store.answer);
    store.instead.push((req) => req.socket.destroy());
    expect((await rawRequest(await serveLoader(store.loader()), 'GET', '/s/a')).status).toBe(503);
  });

  test('by silence is answered 504, and asked again', async () => {
    const store = await StandInStore.start({ a: 'content' });
    if (step === 'read') store.instead.push(store.answer);
    let isLeft = false;
    store.instead.push((req) => req.socket.once('close', () => (isLeft = true)));
    const port = await serveLoader(store.loader({ factsFor: 0, timeout: 300 }));
    const answer = await rawRequest(port, 'GET', '/s/a');
    expect([answer.status, answer.body.toString()]).toEqual([504, 'Gateway Timeout\n']);
    await eventually(() => {
      expect(isLeft).toBe(true);
    });
    expect((await rawRequest(port, 'GET', '/s/a')).body.toString()).toBe('content');
  });
});

test('a bucket that is not there is a failure, as soon as the store tells it from a missing object', async () => {
  const store = await StandInStore.start({ a: 'content' });
  store.instead.push(store.answer, (_req, res) => {
    refuse(res, 404, 'NoSuchBucket');
  });
  expect((await rawRequest(await serveLoader(store.loader()), 'GET', '/s/a')).status).toBe(503);
});

test('nobody listening is answered 503', async () => {
  const loader = s3Loader({ client: clientOf('http://127.0.0.1:1'), bucket: 'the-bucket' });
  expect((await rawRequest(await serveLoader(loader), 'GET', '/s/a')).status).toBe(503);
});

test('a client that never settles, whatever its signal says, is answered 504', async () => {
  const client = { send: () => new Promise<never>(() => undefined) };
  const error = await failureOf(s3Loader({ client, bucket: 'the-bucket', timeout: 50 }));
  expect(error.status).toBe(504);
});

test('facts without an ETag, by which alone versions are told apart, are answered 503', async () => {
  const store = await StandInStore.start();
  store.instead.push((_req, res) => res.writeHead(200, { 'Content-Length': '5' }).end());
  expect((await rawRequest(await serveLoader(store.loader()), 'GET', '/s/a')).status).toBe(503);
});

test('an answer without content is a failure', async () => {
  const facts = { LastModified: new Date(0), ContentLength: 5, ETag: '"1"' };
  const error = await failureOf(
    s3Loader({ client: { send: () => Promise.resolve(facts) }, bucket: 'the-bucket' }),
  );
  expect([error.status, error.message]).toEqual([503, 'the object store sent no content']);
});

describe('a store that fails in mid-download', () => {
  /** The first bytes of a large object, and what then becomes of the rest. */
  async function serveHalf(then: (res: ServerResponse) => void): Promise<number> {
    const store = await StandInStore.start({ a: LARGE });
    store.instead.push(store.answer, (_req, res) => {
      res.writeHead(206, { ETag: store.etagOf('a'), 'Content-Length': LARGE.length });
      res.write(LARGE.subarray(0, 1_000_000), () => {
        then(res);
      });
    });
    return serveLoader(store.loader({ timeout: 300 }));
  }

  test.each<[string, (res: ServerResponse) => void]>([
    ['by the end of its connection', (res) => res.destroy()],
    ['by silence', () => undefined],
  ])('%s ends the connection before the length that was promised', async (_how, then) => {
    const descriptors = openDescriptors();
    const port = await serveHalf(then);
    const { status, headers, body } = await rawRequest(port, 'GET', '/s/a');
    expect([status, headers['content-length']]).toEqual([200, String(LARGE.length)]);
    expect(body.length).toBeLessThan(LARGE.length);
    await eventually(() => {
      // The two servers, and the kept connection on which the facts were asked for, at both its ends.
      expect(openDescriptors()).toBeLessThanOrEqual(descriptors + 4);
    });
  });
});

test('a client that takes its time is no silence of the store', async () => {
  const store = await StandInStore.start({ a: LARGE });
  const port = await serveLoader(store.loader({ timeout: 100 }));
  const socket = connect(port, '127.0.0.1');
  socket.write('GET /s/a HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n');
  let received = 0;
  await once(socket, 'readable');
  // Others who are answered by the same clock tell that the time has passed.
  for (let turn = 0; turn < 3; turn++) {
    store.instead.push(() => undefined);
    expect((await rawRequest(port, 'GET', '/s/silent')).status).toBe(504);
  }
  socket.on('data', (chunk: Buffer) => (received += chunk.length));
  await once(socket, 'close');
  expect(received).toBeGreaterThan(LARGE.length);
});
