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
import { SharedDataMiddleware } from '../../../src/index';
import { s3Loader, type S3LoaderOptions } from '../../../src/s3/index';
import { eventually, openDescriptors } from '../../support/process';
import { app, rawRequest, serve } from '../../support/server';
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

test.each([...FILES.keys()])('%s is served with its content and the ETag of the store', async (key) => {
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
  const revalidated = await rawRequest(port, 'GET', target, [['If-None-Match', ETag ?? '']]);
  expect([revalidated.status, revalidated.body.length]).toEqual([304, 0]);
});

test('one range and several ranges respond 206', async () => {
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

test('an object from a multipart upload is served with its ETag, as a whole and in ranges', async () => {
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

test('a missing key and a deleted key are left to the application', async () => {
  const { port } = await serveStore({ metadataTtl: 600_000 });
  expect((await rawRequest(port, 'GET', '/s/none.txt')).headers['x-app']).toBe('1');
  await store('brief.txt', SMALL);
  expect((await rawRequest(port, 'HEAD', '/s/brief.txt')).status).toBe(200);
  await client.send(new DeleteObjectCommand({ Bucket: 'media', Key: 'public/brief.txt' }));
  expect((await rawRequest(port, 'GET', '/s/brief.txt')).headers['x-app']).toBe('1');
});

test('invalid credentials respond 503 without details', async () => {
  const unauthorizedClient = newClient('wrong');
  const { port } = await serveStore({ client: unauthorizedClient });
  const { status, body } = await rawRequest(port, 'GET', '/s/small.txt');
  expect([status, body.toString()]).toEqual([503, 'Service Unavailable\n']);
  unauthorizedClient.destroy();
});

test('a replaced object is sent in its new version even if old metadata is cached', async () => {
  const { port } = await serveStore({ metadataTtl: 600_000 });
  await store('changing.bin', MEDIUM);
  await rawRequest(port, 'HEAD', '/s/changing.bin');
  await store('changing.bin', SMALL);
  const { status, body } = await rawRequest(port, 'GET', '/s/changing.bin');
  expect([status, body.toString()]).toEqual([200, SMALL.toString()]);
});

test('an object that is replaced during a download is never mixed with its new version', async () => {
  // More than the buffers of the three connections between the store and the client can hold: otherwise the
  // client can receive the whole old version after the store has replaced it.
  const [first, second] = [randomBytes(80_000_000), randomBytes(80_000_000)];
  // With cached metadata, a client could resume the old version.
  const { origin } = await serveStore({ metadataTtl: 600_000 });
  for (const [old, replacement, restartsServer] of [
    [first, second, false],
    [second, first, true],
  ] as const) {
    await store('mixed.bin', old);
    const replace = async (): Promise<void> => {
      await store('mixed.bin', replacement);
      if (restartsServer) await swift.stopServer('object');
      if (restartsServer) await swift.startServer('object');
    };
    let replacing: Promise<void> | undefined;
    const received = await download(`${origin}/s/mixed.bin`, () => (replacing ??= replace()));
    expect([old, replacement].map(sha256)).toContain(received.sha256);
    if (restartsServer)
      expect(received).toEqual({ sha256: sha256(replacement), requests: expect.any(Number) as number });
    expect((await download(`${origin}/s/mixed.bin`)).sha256).toBe(sha256(replacement));
  }
});

const DOWNLOADS = 1000;

test('1,000 downloads end with the correct checksum even if the object server is killed', async () => {
  const { origin } = await serveStore({ metadataTtl: 0 });
  const expected = sha256(MEDIUM);
  let started = 0;
  let correct = 0;
  let retried = 0;
  const progress = new Map<number, number>();
  const runDownloads = async (): Promise<void> => {
    while (started < DOWNLOADS) {
      const id = started++;
      const done = await download(`${origin}/s/medium.bin`, () =>
        progress.set(id, (progress.get(id) ?? 0) + 1),
      );
      progress.delete(id);
      if (done.sha256 === expected) correct += 1;
      if (done.requests > 1) retried += 1;
    }
  };
  let isDone = false;
  const clients = Promise.all(Array.from({ length: 20 }, runDownloads)).finally(() => (isDone = true));
  const outages = async (): Promise<void> => {
    for (const after of [20, 200, 400, 600, 800]) {
      while (!isDone && (correct < after || progress.size < 10)) await new Promise(setImmediate);
      await swift.stopServer('object');
      await swift.startServer('object');
    }
  };
  await Promise.all([clients, outages()]);
  process.stdout.write(
    `swift: ${correct} of ${DOWNLOADS} downloads finished with the correct checksum, ` +
      `${retried} of them after a retry\n`,
  );
  expect(correct).toBe(DOWNLOADS);
  expect(retried).toBeGreaterThan(0);
}, 400_000);

test('a stopped object server causes 503 or 504, and 200 after it has restarted', async () => {
  const { port, origin } = await serveStore({ timeout: 2000 });
  await swift.stopServer('object');
  const { status, body } = await rawRequest(port, 'GET', '/s/small.txt');
  expect([503, 504]).toContain(status);
  expect(body.toString()).toMatch(/^(?:Service Unavailable|Gateway Timeout)\n$/);
  await swift.startServer('object');
  expect((await download(`${origin}/s/small.txt`)).sha256).toBe(sha256(SMALL));
});

test.each(['object', 'proxy'] as const)(
  'a paused %s server causes 504, and 200 after it has resumed',
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

test('complete and aborted downloads leave no descriptor open', async () => {
  const { port, origin } = await serveStore();
  await download(`${origin}/s/small.txt`); // the connection to the store stays open
  const descriptors = openDescriptors();
  for (let count = 0; count < 10; count++) {
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
