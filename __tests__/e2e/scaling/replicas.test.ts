import { createHash, randomBytes } from 'node:crypto';
import { utimesSync } from 'node:fs';
import { join } from 'node:path';
import { SharedDataMiddleware, type SharedDataOptions } from '../../../src/index';
import { folderWith, put } from '../../support/files';
import { eventually, openDescriptors } from '../../support/process';
import { app, rawRequest, serve } from '../../support/server';

const LARGE = randomBytes(9_000_000);
const SMALL = Buffer.from('small');

// The clock is ahead, so that the files are older than the racy window.
const { now } = Date;
beforeAll(() => jest.spyOn(Date, 'now').mockImplementation(() => now() + 10_000));
afterAll(() => jest.restoreAllMocks());

interface Replica {
  readonly port: number;
  readonly folder: string;
}

/** Starts a server with its own copies of the files, with other times and inodes. */
async function startReplica(
  time: number,
  content = LARGE,
  options: SharedDataOptions = {},
): Promise<Replica> {
  const folder = folderWith({ 'large.bin': content, 'small.txt': SMALL }, new Date(time));
  const shared = new SharedDataMiddleware(app, { '/s': folder }, { etags: 'content', ...options });
  return { port: (await serve(shared.listener)).port, folder };
}

async function etagOf({ port }: Replica, path: string): Promise<string | undefined> {
  return (await rawRequest(port, 'HEAD', path)).headers['etag'];
}

/** Waits until the file is hashed. */
async function waitForEtag(replica: Replica, path = '/s/large.bin'): Promise<string> {
  await eventually(async () => {
    expect(await etagOf(replica, path)).toBeDefined();
  });
  return (await etagOf(replica, path)) ?? '';
}

describe("replicas with etags: 'content'", () => {
  test.each(['/s/large.bin', '/s/small.txt'])(
    'give %s the same ETag, regardless of its mtime',
    async (path) => {
      const [replica, second] = [await startReplica(1e12), await startReplica(1.5e12)];
      const etag = await waitForEtag(replica, path);
      expect(etag).toMatch(/^"[^"]+"$/);
      expect(await waitForEtag(second, path)).toBe(etag);
    },
  );

  test('give different content of the same length a different ETag', async () => {
    const changed = Buffer.from(LARGE);
    changed[5_000_000] = (changed[5_000_000] ?? 0) ^ 1;
    expect(await waitForEtag(await startReplica(1e12, changed))).not.toBe(
      await waitForEtag(await startReplica(1e12)),
    );
  });

  test.each([{}, { memoryLimit: 0 }])(
    'send no ETag before the file is hashed, and a constant one afterwards, %j',
    async (options) => {
      const replica = await startReplica(1e12, LARGE, options);
      const { status, headers } = await rawRequest(replica.port, 'GET', '/s/large.bin');
      expect([status, headers['etag'], headers['last-modified']]).toEqual([
        200,
        undefined,
        new Date(1e12).toUTCString(),
      ]);
      const etag = await waitForEtag(replica);
      const again = await rawRequest(replica.port, 'GET', '/s/large.bin', [['If-None-Match', etag]]);
      expect(again.status).toBe(304);
      expect(await etagOf(replica, '/s/large.bin')).toBe(etag);
    },
  );

  test('give a changed file a new ETag, and never the old one', async () => {
    const replica = await startReplica(1e12);
    const etag = await waitForEtag(replica);
    put(join(replica.folder, 'large.bin'), Buffer.alloc(LARGE.length, 1), new Date(1e12));
    const { headers } = await rawRequest(replica.port, 'GET', '/s/large.bin');
    expect(headers['etag']).toBeUndefined();
    expect(await waitForEtag(replica)).not.toBe(etag);
  });

  test('leave no descriptor open', async () => {
    const replica = await startReplica(1e12);
    const before = openDescriptors();
    await waitForEtag(replica);
    await eventually(() => {
      expect(openDescriptors()).toBeLessThanOrEqual(before);
    });
  });
});

/** Downloads a file in ranges, alternating between the replicas as behind a load balancer. */
async function download(replicas: readonly Replica[], path: string): Promise<Buffer> {
  const first = await rawRequest(replicas[0]?.port ?? 0, 'GET', path, [['Range', 'bytes=0-999999']]);
  const { etag = '' } = first.headers;
  let received = first.body;
  for (let turn = 1; ; turn++) {
    const next = replicas[turn % replicas.length];
    const response = await rawRequest(next?.port ?? 0, 'GET', path, [
      ['Range', `bytes=${received.length}-${received.length + 999_999}`],
      ['If-Range', etag],
    ]);
    if (response.status === 200) return response.body;
    if (response.status === 416) return received;
    expect(response.status).toBe(206);
    received = Buffer.concat([received, response.body]);
  }
}

function checksum(bytes: Buffer): string {
  return createHash('sha256').update(bytes).digest('hex');
}

describe('a client that switches between replicas during a download', () => {
  test('resumes with the correct bytes if both have the same version', async () => {
    const replicas = [await startReplica(1e12), await startReplica(1.5e12)];
    for (const replica of replicas) await waitForEtag(replica);
    expect(checksum(await download(replicas, '/s/large.bin'))).toBe(checksum(LARGE));
  });

  test('gets one version as a whole if the replicas have different versions', async () => {
    const deployed = randomBytes(LARGE.length);
    const replicas = [await startReplica(1e12), await startReplica(1e12, deployed)];
    for (const replica of replicas) await waitForEtag(replica);
    expect(checksum(await download(replicas, '/s/large.bin'))).toBe(checksum(deployed));
  });

  test("gets one version as a whole with etags: 'stat'", async () => {
    const replicas = [await startReplica(1e12, LARGE, { etags: 'stat' }), await startReplica(1e12)];
    for (const { folder } of replicas) utimesSync(join(folder, 'large.bin'), 1e9, 1e9);
    expect(checksum(await download(replicas, '/s/large.bin'))).toBe(checksum(LARGE));
  });
});
