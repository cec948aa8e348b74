import { createHash, randomBytes } from 'node:crypto';
import { utimesSync } from 'node:fs';
import { join } from 'node:path';
import { SharedDataMiddleware, type SharedDataOptions } from '../../src';
import { folderWith, put } from '../support/files';
import { eventually, openDescriptors } from '../support/process';
import { app, rawRequest, serve } from '../support/server';

const LARGE = randomBytes(9_000_000);
const SMALL = Buffer.from('small');

// As if the files had been left alone for a while.
const { now } = Date;
beforeAll(() => jest.spyOn(Date, 'now').mockImplementation(() => now() + 10_000));
afterAll(() => jest.restoreAllMocks());

interface Replica {
  readonly port: number;
  readonly folder: string;
}

/** A server with files of its own: the same bytes, other times, another inode. */
async function replica(time: number, content = LARGE, options: SharedDataOptions = {}): Promise<Replica> {
  const folder = folderWith({ 'large.bin': content, 'small.txt': SMALL }, new Date(time));
  const shared = new SharedDataMiddleware(app, { '/s': folder }, { etags: 'content', ...options });
  return { port: (await serve(shared.listener)).port, folder };
}

async function etagOf({ port }: Replica, path: string): Promise<string | undefined> {
  return (await rawRequest(port, 'HEAD', path)).headers['etag'];
}

/** Asks until the content has been read. */
async function settledEtag(one: Replica, path = '/s/large.bin'): Promise<string> {
  await eventually(async () => {
    expect(await etagOf(one, path)).toBeDefined();
  });
  return (await etagOf(one, path)) ?? '';
}

describe("replicas with etags: 'content'", () => {
  test.each(['/s/large.bin', '/s/small.txt'])('give %s one ETag, whatever its times', async (path) => {
    const [one, other] = [await replica(1e12), await replica(1.5e12)];
    const etag = await settledEtag(one, path);
    expect(etag).toMatch(/^"[^"]+"$/);
    expect(await settledEtag(other, path)).toBe(etag);
  });

  test('give another to other bytes of the same length', async () => {
    const changed = Buffer.from(LARGE);
    changed[5_000_000] = (changed[5_000_000] ?? 0) ^ 1;
    expect(await settledEtag(await replica(1e12, changed))).not.toBe(await settledEtag(await replica(1e12)));
  });

  test.each([{}, { memoryLimit: 0 }])(
    'give none before it is known, and keep it then, %j',
    async (options) => {
      const one = await replica(1e12, LARGE, options);
      const { status, headers } = await rawRequest(one.port, 'GET', '/s/large.bin');
      expect([status, headers['etag'], headers['last-modified']]).toEqual([
        200,
        undefined,
        new Date(1e12).toUTCString(),
      ]);
      const etag = await settledEtag(one);
      const again = await rawRequest(one.port, 'GET', '/s/large.bin', [['If-None-Match', etag]]);
      expect(again.status).toBe(304);
      expect(await etagOf(one, '/s/large.bin')).toBe(etag);
    },
  );

  test('give a changed file its new tag, and never the old one', async () => {
    const one = await replica(1e12);
    const etag = await settledEtag(one);
    put(join(one.folder, 'large.bin'), Buffer.alloc(LARGE.length, 1), new Date(1e12));
    const { headers } = await rawRequest(one.port, 'GET', '/s/large.bin');
    expect(headers['etag']).toBeUndefined();
    expect(await settledEtag(one)).not.toBe(etag);
  });

  test('leave no descriptor open', async () => {
    const one = await replica(1e12);
    const before = openDescriptors();
    await settledEtag(one);
    await eventually(() => {
      expect(openDescriptors()).toBeLessThanOrEqual(before);
    });
  });
});

/** A client that gets a file piece by piece, from one replica and then the other, as load balancers have it. */
async function download(replicas: readonly Replica[], path: string): Promise<Buffer> {
  const first = await rawRequest(replicas[0]?.port ?? 0, 'GET', path, [['Range', 'bytes=0-999999']]);
  const { etag = '' } = first.headers;
  let got = first.body;
  for (let turn = 1; ; turn++) {
    const next = replicas[turn % replicas.length];
    const answer = await rawRequest(next?.port ?? 0, 'GET', path, [
      ['Range', `bytes=${got.length}-${got.length + 999_999}`],
      ['If-Range', etag],
    ]);
    if (answer.status === 200) return answer.body;
    if (answer.status === 416) return got;
    expect(answer.status).toBe(206);
    got = Buffer.concat([got, answer.body]);
  }
}

function checksum(bytes: Buffer): string {
  return createHash('sha256').update(bytes).digest('hex');
}

describe('a client that goes from one replica to the other in the middle of a download', () => {
  test('gets the right bytes piece by piece, where both have the same', async () => {
    const replicas = [await replica(1e12), await replica(1.5e12)];
    for (const one of replicas) await settledEtag(one);
    expect(checksum(await download(replicas, '/s/large.bin'))).toBe(checksum(LARGE));
  });

  test('gets the other version whole, where one has been deployed and the other has not', async () => {
    const deployed = randomBytes(LARGE.length);
    const replicas = [await replica(1e12), await replica(1e12, deployed)];
    for (const one of replicas) await settledEtag(one);
    expect(checksum(await download(replicas, '/s/large.bin'))).toBe(checksum(deployed));
  });

  test("gets a version whole with etags: 'version' too", async () => {
    const replicas = [await replica(1e12, LARGE, { etags: 'version' }), await replica(1e12)];
    for (const { folder } of replicas) utimesSync(join(folder, 'large.bin'), 1e9, 1e9);
    expect(checksum(await download(replicas, '/s/large.bin'))).toBe(checksum(LARGE));
  });
});
