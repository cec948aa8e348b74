import { once } from 'node:events';
import { connect } from 'node:net';
import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { SharedDataMiddleware, type Answer, type SharedDataOptions } from '../../src';
import { s3Loader, type S3LoaderOptions } from '../../src/s3';
import { eventually, openDescriptors } from '../support/process';
import { app, rawRequest, serve } from '../support/server';
import { failureOf, StandInStore } from './support/store';

const LARGE = Buffer.alloc(20_000_000, 'x');

test.each([
  ['another version', { ETag: '"2"' }],
  ['another length', { ContentLength: 8 }],
])('content of %s is given up', async (_what, wrong) => {
  const facts = { LastModified: new Date(0), ContentLength: 7, ETag: '"1"' };
  const bodies: Readable[] = [];
  const client = {
    send: ({ input }: { input: object }) => {
      if (!('Range' in input)) return Promise.resolve(facts);
      const Body = Readable.from([Buffer.from('content')]);
      bodies.push(Body);
      return Promise.resolve({ ...facts, ...wrong, Body });
    },
  };
  const options = { client, bucket: 'the-bucket' } as unknown as S3LoaderOptions;
  expect((await failureOf(s3Loader(options))).status).toBe(503);
  expect(bodies.map(({ destroyed }) => destroyed)).not.toContain(false);
});

test('bytes that come when nobody waits for them any more are given up', async () => {
  const facts = { LastModified: new Date(0), ContentLength: 7, ETag: '"1"' };
  const late = Readable.from([Buffer.from('content')]);
  const client = {
    send: (_command: unknown, { abortSignal }: { abortSignal: AbortSignal }) =>
      asked++ === 0
        ? Promise.resolve(facts)
        : once(abortSignal, 'abort').then(() => ({ ...facts, Body: late })),
  };
  let asked = 0;
  const options = { client, bucket: 'the-bucket', timeout: 50 } as unknown as S3LoaderOptions;
  expect((await failureOf(s3Loader(options))).status).toBe(504);
  await eventually(() => {
    expect(late.destroyed).toBe(true);
  });
});

test('clients that leave in mid-download leave no request and no descriptor behind', async () => {
  const store = await StandInStore.start({ a: LARGE });
  let left = 0;
  const answerAndWatch: typeof store.answer = (req, res) => {
    // A connection whose answer was taken whole is kept; one that is given up is closed.
    req.socket.once('close', () => (left += 1));
    store.answer(req, res);
  };
  const loader = store.loader({ factsFor: 600_000 });
  const { port } = await serve(new SharedDataMiddleware(app, { '/s': loader }).listener);
  await rawRequest(port, 'HEAD', '/s/a');
  const descriptors = openDescriptors();
  store.instead.push(...Array.from({ length: 20 }, () => answerAndWatch));
  for (let client = 0; client < 20; client++) {
    const socket = connect(port, '127.0.0.1');
    socket.write('GET /s/a HTTP/1.1\r\nHost: localhost\r\n\r\n');
    await once(socket, 'readable');
    socket.destroy();
  }
  await eventually(() => {
    expect(left).toBe(20);
    expect(openDescriptors()).toBeLessThanOrEqual(descriptors);
  });
});

/** A read that the store has begun to answer, of an answer that nobody has taken yet. */
async function begunRead(
  options: SharedDataOptions,
): Promise<{ answer: Answer | null; store: StandInStore; isLeft: () => boolean }> {
  const store = await StandInStore.start({ a: LARGE });
  let isLeft = false;
  store.instead.push(store.answer, (req, res) => {
    req.socket.once('close', () => (isLeft = true));
    store.answer(req, res);
  });
  const shared = new SharedDataMiddleware(app, { '/s': store.loader() }, options);
  const headers = { range: 'bytes=1-19999999' };
  const answer = await shared.answer({ method: 'GET', url: '/s/a', headers });
  return { answer, store, isLeft: () => isLeft };
}

test('a read that was begun is given up when its answer is closed', async () => {
  const { answer, isLeft } = await begunRead({});
  await answer?.close?.();
  await eventually(() => {
    expect(isLeft()).toBe(true);
  });
});

test('a read that was begun is given up as soon as other bytes are wanted', async () => {
  const { answer, store, isLeft } = await begunRead({ acceptRanges: false });
  await eventually(() => {
    expect(isLeft()).toBe(true);
  });
  expect((await buffer(answer?.body as Readable)).equals(LARGE)).toBe(true);
  expect(store.requests).toEqual(['HEAD a', 'GET a bytes=1-19999999', 'GET a bytes=0-19999999']);
  await answer?.close?.();
});
