import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { ObjectStream } from '../../src/s3/object-stream';
import { StoreError } from '../../src/s3/store-error';
import { eventually } from '../support/process';

const LONG = 600_000;

function closed(stream: Readable): Promise<void> {
  return new Promise((resolve) => stream.once('close', resolve));
}

test('nothing is asked for until somebody reads', async () => {
  let asked = 0;
  const stream = new ObjectStream(() => {
    asked += 1;
    return Promise.resolve(Readable.from([Buffer.from('a'), Buffer.from('b')]));
  }, LONG);
  expect(asked).toBe(0);
  expect((await buffer(stream)).toString()).toBe('ab');
  expect(asked).toBe(1);
});

test('one that is never read can be destroyed', async () => {
  const stream = new ObjectStream(() => Promise.reject(new Error('not to be called')), LONG);
  stream.destroy();
  await closed(stream);
  expect(stream.errored).toBe(null);
});

test('a failure before anybody listens ends the stream, and not the process', async () => {
  const source = new Readable({ read: () => undefined });
  const stream = new ObjectStream(() => Promise.resolve(source), LONG);
  source.push('first');
  await stream.begin();
  source.destroy(new Error('the connection has gone'));
  await closed(stream);
  expect(stream.errored).toBeInstanceOf(StoreError);
  expect(stream.errored?.message).toBe('the object store has failed');
});

test('who destroys it destroys what it reads from, also where the signal is ignored', async () => {
  const source = new Readable({ read: () => undefined });
  const stream = new ObjectStream(() => Promise.resolve(source), LONG);
  source.push('first');
  await stream.begin();
  stream.destroy();
  await closed(stream);
  expect(source.destroyed).toBe(true);
});

test('it takes no more from the store than it can pass on', async () => {
  const source = Readable.from(
    Array.from({ length: 100 }, () => Buffer.alloc(100_000)),
    { objectMode: false },
  );
  const stream = new ObjectStream(() => Promise.resolve(source), LONG);
  await stream.begin();
  await eventually(() => {
    expect(source.isPaused()).toBe(true);
  });
  expect(stream.readableLength).toBeLessThan(1_000_000);
  expect((await buffer(stream)).length).toBe(10_000_000);
});

test('what is here in time may be taken at any time', async () => {
  const stream = new ObjectStream(() => Promise.resolve(Readable.from([Buffer.from('content')])), 50);
  await stream.begin();
  // Others by the same clock tell that the time has passed.
  for (let turn = 0; turn < 3; turn++) {
    const silent = new ObjectStream(() => new Promise(() => undefined), 50);
    await expect(silent.begin()).rejects.toMatchObject({ status: 504 });
  }
  expect((await buffer(stream)).toString()).toBe('content');
});
