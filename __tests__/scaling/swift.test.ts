import {
  CompleteMultipartUploadCommand,
  CreateBucketCommand,
  CreateMultipartUploadCommand,
  DeleteObjectCommand,
  HeadObjectCommand,
  PutObjectCommand,
  S3Client,
  UploadPartCommand,
} from '@aws-sdk/client-s3';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { connect } from 'node:net';
import { SharedDataMiddleware } from '../../src';
import { s3Loader, type S3LoaderOptions } from '../../src/s3';
import { eventually, openDescriptors } from '../support/process';
import { app, rawRequest, serve } from '../support/server';
import { CREDENTIALS } from './support/swift/configuration';
import { download, sha256 } from './support/swift/download';
import { Swift } from './support/swift/engine';

const SMALL = Buffer.from('Hello from the store\n');
const LARGE = randomBytes(20_000_000);
const MEDIUM = randomBytes(16_000_000);

const FILES = new Map<string, Buffer>([
  ['small.txt', SMALL],
  ['large.bin', LARGE],
  ['medium.bin', MEDIUM],
  ['folder/two words.txt', Buffer.from('two words')],
  ['folder/100%.txt', Buffer.from('percent')],
  ['folder/%C3%BC.txt', Buffer.from('escapes')],
  ['folder/Käse über Öl.txt', Buffer.from('umlauts')],
]);

const swift = new Swift();
let client: S3Client;

function newClient(secretAccessKey: string): S3Client {
  return new S3Client({
    endpoint: swift.endpoint,
    region: 'us-east-1',
    forcePathStyle: true,
    credentials: { ...CREDENTIALS, secretAccessKey },
    requestChecksumCalculation: 'WHEN_REQUIRED',
  });
}

async function store(key: string, content: Buffer): Promise<void> {
  await client.send(new PutObjectCommand({ Bucket: 'media', Key: `public/${key}`, Body: content }));
}

async function serveStore(options: Partial<S3LoaderOptions> = {}): Promise<{ port: number; origin: string }> {
  const loader = s3Loader({ client, bucket: 'media', prefix: 'public/', ...options });
  return serve(new SharedDataMiddleware(app, { '/s': loader }).listener);
}

beforeAll(async () => {
  await swift.start();
  client = newClient(CREDENTIALS.secretAccessKey);
  await client.send(new CreateBucketCommand({ Bucket: 'media' }));
  for (const [key, content] of FILES) await store(key, content);
}, 120_000);

afterAll(async () => {
  await swift.end();
  client.destroy();
});

test.each([...FILES.keys()])('%s is served whole, with the ETag of the store', async (key) => {
  const { port } = await serveStore();
  const { ETag } = await client.send(new HeadObjectCommand({ Bucket: 'media', Key: `public/${key}` }));
  const target = `/s/${key.split('/').map(encodeURIComponent).join('/')}`;
  const { status, headers, body } = await rawRequest(port, 'GET', target);
  expect([status, headers['etag'], sha256(body)]).toEqual([200, ETag, sha256(FILES.get(key) ?? SMALL)]);
  const head = await rawRequest(port, 'HEAD', target);
  expect([head.status, head.headers['content-length'], head.body.length]).toEqual([
    200,
    String(body.length),
    0,
  ]);
  const known = await rawRequest(port, 'GET', target, [['If-None-Match', ETag ?? '']]);
  expect([known.status, known.body.length]).toEqual([304, 0]);
});

test('a part is sent, and several parts', async () => {
  const { port } = await serveStore();
  const part = await rawRequest(port, 'GET', '/s/large.bin', [['Range', 'bytes=1000000-1999999']]);
  expect([part.status, part.headers['content-range']]).toEqual([206, 'bytes 1000000-1999999/20000000']);
  expect(part.body.equals(LARGE.subarray(1_000_000, 2_000_000))).toBe(true);
  const parts = await rawRequest(port, 'GET', '/s/large.bin', [['Range', 'bytes=5-99, 10000000-10099999']]);
  expect([parts.status, String(parts.body.length)]).toEqual([206, parts.headers['content-length']]);
  expect(parts.headers['content-type']).toMatch(/^multipart\/byteranges/);
  expect(parts.body.includes(LARGE.subarray(5, 100))).toBe(true);
  expect(parts.body.includes(LARGE.subarray(10_000_000, 10_100_000))).toBe(true);
});

test('an object that was uploaded in parts has an ETag of its own kind, and is read like any other', async () => {
  const object = { Bucket: 'media', Key: 'public/composed.bin' };
  const { UploadId } = await client.send(new CreateMultipartUploadCommand(object));
  const Parts = [];
  for (const [at, Body] of [LARGE.subarray(0, 10_000_000), LARGE.subarray(10_000_000)].entries()) {
    const part = { ...object, UploadId, PartNumber: at + 1, Body };
    const { ETag } = await client.send(new UploadPartCommand(part));
    Parts.push({ ETag, PartNumber: at + 1 });
  }
  await client.send(new CompleteMultipartUploadCommand({ ...object, UploadId, MultipartUpload: { Parts } }));
  const { port } = await serveStore();
  const whole = await rawRequest(port, 'GET', '/s/composed.bin');
  expect([whole.status, sha256(whole.body)]).toEqual([200, sha256(LARGE)]);
  expect(whole.headers['etag']).toMatch(/^"[0-9a-f]{32}-2"$/);
  const part = await rawRequest(port, 'GET', '/s/composed.bin', [['Range', 'bytes=9999990-10000009']]);
  expect(part.body.equals(LARGE.subarray(9_999_990, 10_000_010))).toBe(true);
});

test('a missing key is left to the application, and so is one that has been deleted since', async () => {
  const { port } = await serveStore({ factsFor: 600_000 });
  expect((await rawRequest(port, 'GET', '/s/none.txt')).headers['x-app']).toBe('1');
  await store('brief.txt', SMALL);
  expect((await rawRequest(port, 'HEAD', '/s/brief.txt')).status).toBe(200);
  await client.send(new DeleteObjectCommand({ Bucket: 'media', Key: 'public/brief.txt' }));
  expect((await rawRequest(port, 'GET', '/s/brief.txt')).headers['x-app']).toBe('1');
});

test('credentials that the store does not know are answered 503, and nothing is told', async () => {
  const stranger = newClient('wrong');
  const { port } = await serveStore({ client: stranger });
  const { status, body } = await rawRequest(port, 'GET', '/s/small.txt');
  expect([status, body.toString()]).toEqual([503, 'Service Unavailable\n']);
  stranger.destroy();
});

test('an object that is replaced is sent as it is now, though other facts are remembered', async () => {
  const { port } = await serveStore({ factsFor: 600_000 });
  await store('changing.bin', MEDIUM);
  await rawRequest(port, 'HEAD', '/s/changing.bin');
  await store('changing.bin', SMALL);
  const { status, body } = await rawRequest(port, 'GET', '/s/changing.bin');
  expect([status, body.toString()]).toEqual([200, SMALL.toString()]);
});

test('an object that is replaced in mid-download never mixes with the next', async () => {
  const next = randomBytes(LARGE.length);
  // Remembered facts would let a client go on with the version that it has begun.
  const { origin } = await serveStore({ factsFor: 600_000 });
  for (const [old, fresh, breaks] of [
    [LARGE, next, false],
    [next, LARGE, true],
  ] as const) {
    await store('mixed.bin', old);
    const replace = async (): Promise<void> => {
      await store('mixed.bin', fresh);
      if (breaks) await swift.stopServer('object');
      if (breaks) await swift.startServer('object');
    };
    let replacing: Promise<void> | undefined;
    const got = await download(`${origin}/s/mixed.bin`, () => (replacing ??= replace()));
    expect([old, fresh].map(sha256)).toContain(got.sha256);
    if (breaks) expect(got).toEqual({ sha256: sha256(fresh), requests: expect.any(Number) as number });
    expect((await download(`${origin}/s/mixed.bin`)).sha256).toBe(sha256(fresh));
  }
});

const DOWNLOADS = 1000;

test('of 1,000 downloads every one ends with the right checksum, though the object server dies again and again', async () => {
  const { origin } = await serveStore({ factsFor: 0 });
  const expected = sha256(MEDIUM);
  let begun = 0;
  let right = 0;
  let retried = 0;
  const progress = new Map<number, number>();
  const downloadInTurn = async (): Promise<void> => {
    while (begun < DOWNLOADS) {
      const me = begun++;
      const done = await download(`${origin}/s/medium.bin`, () =>
        progress.set(me, (progress.get(me) ?? 0) + 1),
      );
      progress.delete(me);
      if (done.sha256 === expected) right += 1;
      if (done.requests > 1) retried += 1;
    }
  };
  let isOver = false;
  const clients = Promise.all(Array.from({ length: 20 }, downloadInTurn)).finally(() => (isOver = true));
  const outages = async (): Promise<void> => {
    for (const after of [20, 200, 400, 600, 800]) {
      while (!isOver && (right < after || progress.size < 10)) await new Promise(setImmediate);
      await swift.stopServer('object');
      await swift.startServer('object');
    }
  };
  await Promise.all([clients, outages()]);
  process.stdout.write(
    `swift: ${right} of ${DOWNLOADS} downloads finished with the right checksum, ${retried} of them after a retry\n`,
  );
  expect(right).toBe(DOWNLOADS);
  expect(retried).toBeGreaterThan(0);
}, 400_000);

test('while the object server is down, 503 or 504 is answered; when it is back, all is well', async () => {
  const { port, origin } = await serveStore({ timeout: 2000 });
  await swift.stopServer('object');
  const { status, body } = await rawRequest(port, 'GET', '/s/small.txt');
  expect([503, 504]).toContain(status);
  expect(body.toString()).toMatch(/^(?:Service Unavailable|Gateway Timeout)\n$/);
  await swift.startServer('object');
  expect((await download(`${origin}/s/small.txt`)).sha256).toBe(sha256(SMALL));
});

test.each(['object', 'proxy'] as const)(
  'while the %s server is paused, 504 is answered; when it goes on, all is well',
  async (name) => {
    const { port, origin } = await serveStore({ timeout: 1000 });
    swift.pause(name);
    try {
      const { status, body } = await rawRequest(port, 'GET', '/s/small.txt');
      expect([status, body.toString()]).toEqual([504, 'Gateway Timeout\n']);
    } finally {
      swift.resume(name);
    }
    expect((await download(`${origin}/s/small.txt`)).sha256).toBe(sha256(SMALL));
  },
);

test('no descriptor is left of downloads that end, nor of those that are left half-way', async () => {
  const { port, origin } = await serveStore();
  await download(`${origin}/s/small.txt`); // a connection to the store is kept
  const descriptors = openDescriptors();
  for (let turn = 0; turn < 10; turn++) {
    await download(`${origin}/s/small.txt`);
    const socket = connect(port, '127.0.0.1');
    socket.write('GET /s/large.bin HTTP/1.1\r\nHost: localhost\r\n\r\n');
    await once(socket, 'readable');
    socket.destroy();
  }
  await eventually(() => {
    expect(openDescriptors()).toBeLessThanOrEqual(descriptors);
  });
});
