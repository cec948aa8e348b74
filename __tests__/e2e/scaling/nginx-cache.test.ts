import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { sha256 } from '../clients/support/content';
import { put } from '../../support/files';
import { eventually } from '../../support/process';
import { testCacheGuarantees } from './support/cache-guarantees';
import { cached, type Cached } from './support/cached';
import { deploy } from './support/deploy';
import { failing } from './support/failures';
import { startNginx } from './support/nginx';

const MEBIBYTE = 2 ** 20;
const VIDEO = randomBytes(5 * MEBIBYTE + 3);
const NEW_VIDEO = randomBytes(VIDEO.length);

const originAt = (port: number) => ({ '127.0.0.1:8000': `127.0.0.1:${port}` });
const start = (port: number) => startNginx('nginx-cache.conf', originAt(port));

testCacheGuarantees(start, ['a closed connection']);

describe('with proxy_cache_use_stale http_500', () => {
  const line = 'proxy_cache_use_stale http_500';
  const startTolerant = (port: number) =>
    startNginx('nginx-cache.conf', { ...originAt(port), [`# ${line}`]: line });

  test.each([500, 503])('clients get the stale copy instead of a %i', async (status) => {
    const { get, origin } = await cached(startTolerant, 'max-age=1');
    const { body } = await get('/static/data.dat');
    origin.forget();
    origin.listener = failing(status);
    await eventually(async () => {
      expect(sha256((await get('/static/data.dat')).body)).toBe(sha256(body));
      expect(origin.exchanges().length).toBeGreaterThan(2);
    });
  });
});

describe('slices', () => {
  // The clock is ahead, so that the files are older than the racy window and have strong ETags.
  const { now } = Date;
  beforeEach(() => jest.spyOn(Date, 'now').mockImplementation(() => now() + 10_000));
  afterEach(() => jest.restoreAllMocks());

  /** Starts an origin with a video, and an empty cache in front of it. */
  async function startWithVideo(cacheControl: string): Promise<Cached> {
    const site = await cached(start, cacheControl, { etags: 'stat' });
    put(join(site.folder, 'video.mp4'), VIDEO);
    return site;
  }

  const requestedRanges = ({ origin }: Cached) => origin.exchanges().map(({ headers }) => headers.range);

  test('are fetched only as far as a range needs them', async () => {
    const site = await startWithVideo('max-age=600');
    for (let time = 0; time < 3; time++) {
      const { status, headers, body } = await site.get('/static/video.mp4', [
        ['Range', `bytes=${3 * MEBIBYTE - 10}-${3 * MEBIBYTE + 9}`],
      ]);
      expect([status, headers['content-range']]).toEqual([
        206,
        `bytes ${3 * MEBIBYTE - 10}-${3 * MEBIBYTE + 9}/${VIDEO.length}`,
      ]);
      expect(sha256(body)).toBe(sha256(VIDEO.subarray(3 * MEBIBYTE - 10, 3 * MEBIBYTE + 10)));
    }
    expect(requestedRanges(site)).toEqual([
      `bytes=${2 * MEBIBYTE}-${3 * MEBIBYTE - 1}`,
      `bytes=${3 * MEBIBYTE}-${4 * MEBIBYTE - 1}`,
    ]);
    expect(site.origin.bytesSent()).toBeLessThan(2 * MEBIBYTE + 5_000);
  });

  test('form the whole file, and cached slices are not fetched again', async () => {
    const site = await startWithVideo('max-age=600');
    await site.get('/static/video.mp4', [['Range', 'bytes=0-9']]);
    for (let time = 0; time < 3; time++) {
      const { status, body } = await site.get('/static/video.mp4');
      expect([status, sha256(body)]).toEqual([200, sha256(VIDEO)]);
    }
    expect(new Set(requestedRanges(site)).size).toBe(6);
    expect(site.origin.exchanges()).toHaveLength(6);
  });

  test('of two versions are never mixed, and 8 clients get the new version after the lifetime', async () => {
    const { get, folder } = await startWithVideo('max-age=1');
    const received: string[] = [];
    let isDone = false;
    const clients = Array.from({ length: 8 }, async () => {
      while (!isDone) {
        const response = await get('/static/video.mp4').catch(() => null);
        received.push(response === null ? 'truncated' : sha256(response.body));
      }
    });
    await eventually(() => {
      expect(received.length).toBeGreaterThan(8);
    });
    deploy(join(folder, 'video.mp4'), NEW_VIDEO);
    await eventually(() => {
      expect(received.slice(-8)).toEqual(Array(8).fill(sha256(NEW_VIDEO)));
    }).finally(() => (isDone = true));
    await Promise.all(clients);
    expect([sha256(VIDEO), sha256(NEW_VIDEO), 'truncated']).toEqual(expect.arrayContaining(received));
  });

  test('of a cached version are not joined with a new version: the response is truncated', async () => {
    const { get, folder } = await startWithVideo('max-age=600');
    await get('/static/video.mp4', [['Range', 'bytes=0-9']]);
    deploy(join(folder, 'video.mp4'), NEW_VIDEO);
    await expect(get('/static/video.mp4')).rejects.toThrow();
  });

  test('with a weak ETag are not cached, because no other slice has the same ETag', async () => {
    jest.restoreAllMocks();
    const site = await startWithVideo('max-age=600');
    for (let time = 0; time < 2; time++) {
      const { headers, body } = await site.get('/static/video.mp4', [['Range', 'bytes=0-9']]);
      expect(headers['etag']).toMatch(/^W/);
      expect(sha256(body)).toBe(sha256(VIDEO.subarray(0, 10)));
    }
    expect(site.origin.exchanges()).toHaveLength(2);
  });

  test("without an ETag are not cached (with etags: 'content', before the file is hashed)", async () => {
    jest.restoreAllMocks();
    const site = await cached(start, 'max-age=600');
    put(join(site.folder, 'video.mp4'), VIDEO);
    for (let time = 0; time < 2; time++) {
      const { headers, body } = await site.get('/static/video.mp4', [['Range', 'bytes=0-9']]);
      expect([headers['etag'], sha256(body)]).toEqual([undefined, sha256(VIDEO.subarray(0, 10))]);
    }
    expect(site.origin.exchanges()).toHaveLength(2);
  });
});

test('the cache serves its files on disk after it was killed and restarted', async () => {
  let nginx: Awaited<ReturnType<typeof start>> | undefined;
  const { get, origin } = await cached(async (port) => (nginx = await start(port)), 'max-age=600');
  const { body } = await get('/static/data.dat');
  await nginx?.kill();
  await nginx?.restart();
  expect(sha256((await get('/static/data.dat')).body)).toBe(sha256(body));
  expect(origin.exchanges()).toHaveLength(1);
});
