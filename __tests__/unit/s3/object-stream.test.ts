import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { ObjectStream } from '../../../src/s3/object-stream';
import { StoreError } from '../../../src/s3/store-error';
import { eventually } from '../../support/process';

const LONG_TIMEOUT = 600_000;

function closed(stream: Readable): Promise<void> {
  return new Promise((resolve) => stream.once('close', resolve));
}

test('the object is not requested before the first read', async () => {
  let requests = 0;
  const stream = new ObjectStream(() => {
    requests += 1;
    return Promise.resolve(Readable.from([Buffer.from('a'), Buffer.from('b')]));
  }, LONG_TIMEOUT);
  expect(requests).toBe(0);
  expect((await buffer(stream)).toString()).toBe('ab');
  expect(requests).toBe(1);
});

test('a stream that was never read can be destroyed', async () => {
  const stream = new ObjectStream(() => Promise.reject(new Error('not to be called')), LONG_TIMEOUT);
  stream.destroy();
  await closed(stream);
  expect(stream.errored).toBe(null);
});

test('an error without a listener destroys the stream and does not end the process', async () => {
  const source = new Readable({ read: () => undefined });
  const stream = new ObjectStream(() => Promise.resolve(source), LONG_TIMEOUT);
  source.push('first');
  await stream.firstBytes();
  source.destroy(new Error('the connection has gone'));
  await closed(stream);
  expect(stream.errored).toBeInstanceOf(StoreError);
  expect(stream.errored?.message).toBe('the object store has failed');
});

test('destroying the stream destroys its source, even if the abort signal is ignored', async () => {
  const source = new Readable({ read: () => undefined });
  const stream = new ObjectStream(() => Promise.resolve(source), LONG_TIMEOUT);
  source.push('first');
  await stream.firstBytes();
  stream.destroy();
  await closed(stream);
  expect(source.destroyed).toBe(true);
});

test('backpressure pauses the response of the store', async () => {
  const source = Readable.from(
    Array.from({ length: 100 }, () => Buffer.alloc(100_000)),
    { objectMode: false },
  );
  const stream = new ObjectStream(() => Promise.resolve(source), LONG_TIMEOUT);
  await stream.firstBytes();
  await eventually(() => {
    expect(source.isPaused()).toBe(true);
  });
  expect(stream.readableLength).toBeLessThan(1_000_000);
  expect((await buffer(stream)).length).toBe(10_000_000);
});

test('a stream whose first bytes arrived in time can be read after the timeout', async () => {
  const stream = new ObjectStream(() => Promise.resolve(Readable.from([Buffer.from('content')])), 50);
  await stream.firstBytes();
  // Three streams that time out in turn show that the timeout has passed.
  for (let turn = 0; turn < 3; turn++) {
    const silent = new ObjectStream(() => new Promise(() => undefined), 50);
    await expect(silent.firstBytes()).rejects.toMatchObject({ status: 504 });
  }
  expect((await buffer(stream)).toString()).toBe('content');
});
