import { once } from 'node:events';
import { connect } from 'node:net';
import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { SharedDataMiddleware, type Answer, type SharedDataOptions } from '../../../src/index';
import { s3Loader, type S3LoaderOptions } from '../../../src/s3/index';
import { eventually, openDescriptors } from '../../support/process';
import { app, rawRequest, serve } from '../../support/server';
import { errorOf, FakeObjectStore } from '../../support/store';

const LARGE = Buffer.alloc(20_000_000, 'x');

test.each([
  ['another version', { ETag: '"2"' }],
  ['another length', { ContentLength: 8 }],
])('content of %s is destroyed', async (_name, wrong) => {
  const metadata = { LastModified: new Date(0), ContentLength: 7, ETag: '"1"' };
  const bodies: Readable[] = [];
  const client = {
    send: ({ input }: { input: object }) => {
      if (!('Range' in input)) return Promise.resolve(metadata);
      const Body = Readable.from([Buffer.from('content')]);
      bodies.push(Body);
      return Promise.resolve({ ...metadata, ...wrong, Body });
    },
  };
  const options = { client, bucket: 'the-bucket' } as unknown as S3LoaderOptions;
  expect((await errorOf(s3Loader(options))).status).toBe(503);
  expect(bodies.map(({ destroyed }) => destroyed)).not.toContain(false);
});

test('content that arrives after the timeout is destroyed', async () => {
  const metadata = { LastModified: new Date(0), ContentLength: 7, ETag: '"1"' };
  const late = Readable.from([Buffer.from('content')]);
  const client = {
    send: (_command: unknown, { abortSignal }: { abortSignal: AbortSignal }) =>
      requests++ === 0
        ? Promise.resolve(metadata)
        : once(abortSignal, 'abort').then(() => ({ ...metadata, Body: late })),
  };
  let requests = 0;
  const options = { client, bucket: 'the-bucket', timeout: 50 } as unknown as S3LoaderOptions;
  expect((await errorOf(s3Loader(options))).status).toBe(504);
  await eventually(() => {
    expect(late.destroyed).toBe(true);
  });
});

test('a client that disconnects leaves no open request to the store and no open descriptor', async () => {
  const store = await FakeObjectStore.start({ a: LARGE });
  let closedConnections = 0;
  const answerAndCountClose: typeof store.answer = (req, res) => {
    // A connection stays open after a complete response, and is closed after an aborted one.
    req.socket.once('close', () => (closedConnections += 1));
    store.answer(req, res);
  };
  const loader = store.loader({ metadataTtl: 600_000 });
  const { port } = await serve(new SharedDataMiddleware(app, { '/s': loader }).listener);
  await rawRequest(port, 'HEAD', '/s/a');
  const descriptors = openDescriptors();
  store.overrides.push(...Array.from({ length: 20 }, () => answerAndCountClose));
  for (let client = 0; client < 20; client++) {
    const socket = connect(port, '127.0.0.1');
    socket.write('GET /s/a HTTP/1.1\r\nHost: localhost\r\n\r\n');
    await once(socket, 'readable');
    socket.destroy();
  }
  await eventually(() => {
    expect(closedConnections).toBe(20);
    expect(openDescriptors()).toBeLessThanOrEqual(descriptors);
  });
});

/** Starts a read of the store. Its content has not been consumed yet. */
async function startRead(
  options: SharedDataOptions,
): Promise<{ answer: Answer | null; store: FakeObjectStore; isAborted: () => boolean }> {
  const store = await FakeObjectStore.start({ a: LARGE });
  let isAborted = false;
  store.overrides.push(store.answer, (req, res) => {
    req.socket.once('close', () => (isAborted = true));
    store.answer(req, res);
  });
  const shared = new SharedDataMiddleware(app, { '/s': store.loader() }, options);
  const headers = { range: 'bytes=1-19999999' };
  const answer = await shared.answer({ method: 'GET', url: '/s/a', headers });
  return { answer, store, isAborted: () => isAborted };
}

test('closing an answer aborts a read that has started', async () => {
  const { answer, isAborted } = await startRead({});
  await answer?.close?.();
  await eventually(() => {
    expect(isAborted()).toBe(true);
  });
});

test('with acceptRanges: false, a request with Range reads the whole object with one request', async () => {
  const { answer, store } = await startRead({ acceptRanges: false });
  expect((await buffer(answer?.body as Readable)).equals(LARGE)).toBe(true);
  expect(store.requests).toEqual(['HEAD a', 'GET a bytes=0-19999999']);
  await answer?.close?.();
});
