import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { sha256 } from '../clients/support/content';
import { put } from '../support/files';
import { eventually } from '../support/process';
import { promisesOfCaches } from './support/cache-promises';
import { cached, type Cached } from './support/cached';
import { deploy } from './support/deploy';
import { failing } from './support/failures';
import { startNginx } from './support/nginx';

const MEBIBYTE = 2 ** 20;
const FILM = randomBytes(5 * MEBIBYTE + 3);
const OTHER_FILM = randomBytes(FILM.length);

const originAt = (port: number) => ({ '127.0.0.1:8000': `127.0.0.1:${port}` });
const start = (port: number) => startNginx('nginx-cache.conf', originAt(port));

promisesOfCaches(start, ['a connection that breaks']);

describe('with the line of proxy_cache_use_stale', () => {
  const line = 'proxy_cache_use_stale http_500';
  const startTolerant = (port: number) =>
    startNginx('nginx-cache.conf', { ...originAt(port), [`# ${line}`]: line });

  test.each([500, 503])('a %i is not seen while there is an old copy', async (status) => {
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
  // As if the files had been left alone for a while: their ETags are strong then.
  const { now } = Date;
  beforeEach(() => jest.spyOn(Date, 'now').mockImplementation(() => now() + 10_000));
  afterEach(() => jest.restoreAllMocks());

  /** An origin with a film, and a cache in front of it that has none of it. */
  async function film(cacheControl: string): Promise<Cached> {
    const site = await cached(start, cacheControl, { etags: 'version' });
    put(join(site.folder, 'film.mp4'), FILM);
    return site;
  }

  const rangesAsked = ({ origin }: Cached) => origin.exchanges().map(({ headers }) => headers.range);

  test('are all that is fetched for a range', async () => {
    const site = await film('max-age=600');
    for (let time = 0; time < 3; time++) {
      const { status, headers, body } = await site.get('/static/film.mp4', [
        ['Range', `bytes=${3 * MEBIBYTE - 10}-${3 * MEBIBYTE + 9}`],
      ]);
      expect([status, headers['content-range']]).toEqual([
        206,
        `bytes ${3 * MEBIBYTE - 10}-${3 * MEBIBYTE + 9}/${FILM.length}`,
      ]);
      expect(sha256(body)).toBe(sha256(FILM.subarray(3 * MEBIBYTE - 10, 3 * MEBIBYTE + 10)));
    }
    expect(rangesAsked(site)).toEqual([
      `bytes=${2 * MEBIBYTE}-${3 * MEBIBYTE - 1}`,
      `bytes=${3 * MEBIBYTE}-${4 * MEBIBYTE - 1}`,
    ]);
    expect(site.origin.bytesSent()).toBeLessThan(2 * MEBIBYTE + 5_000);
  });

  test('make a whole, of which those that are there are not fetched again', async () => {
    const site = await film('max-age=600');
    await site.get('/static/film.mp4', [['Range', 'bytes=0-9']]);
    for (let time = 0; time < 3; time++) {
      const { status, body } = await site.get('/static/film.mp4');
      expect([status, sha256(body)]).toEqual([200, sha256(FILM)]);
    }
    expect(new Set(rangesAsked(site)).size).toBe(6);
    expect(site.origin.exchanges()).toHaveLength(6);
  });

  test('of two versions are never mixed, and the new one is whole after the lifetime, for 8 clients', async () => {
    const { get, folder } = await film('max-age=1');
    const seen: string[] = [];
    let isOver = false;
    const clients = Array.from({ length: 8 }, async () => {
      while (!isOver) {
        const answer = await get('/static/film.mp4').catch(() => null);
        seen.push(answer === null ? 'cut short' : sha256(answer.body));
      }
    });
    await eventually(() => {
      expect(seen.length).toBeGreaterThan(8);
    });
    deploy(join(folder, 'film.mp4'), OTHER_FILM);
    await eventually(() => {
      expect(seen.slice(-8)).toEqual(Array(8).fill(sha256(OTHER_FILM)));
    }).finally(() => (isOver = true));
    await Promise.all(clients);
    expect([sha256(FILM), sha256(OTHER_FILM), 'cut short']).toEqual(expect.arrayContaining(seen));
  });

  test('that are kept are not joined with those of a new version: the client is cut short', async () => {
    const { get, folder } = await film('max-age=600');
    await get('/static/film.mp4', [['Range', 'bytes=0-9']]);
    deploy(join(folder, 'film.mp4'), OTHER_FILM);
    await expect(get('/static/film.mp4')).rejects.toThrow();
  });

  test('with a weak ETag are not kept: no other slice will have the same', async () => {
    jest.restoreAllMocks();
    const site = await film('max-age=600');
    for (let time = 0; time < 2; time++) {
      const { headers, body } = await site.get('/static/film.mp4', [['Range', 'bytes=0-9']]);
      expect(headers['etag']).toMatch(/^W/);
      expect(sha256(body)).toBe(sha256(FILM.subarray(0, 10)));
    }
    expect(site.origin.exchanges()).toHaveLength(2);
  });

  test("without an ETag are not kept: it is not known yet with etags: 'content'", async () => {
    jest.restoreAllMocks();
    const site = await cached(start, 'max-age=600');
    put(join(site.folder, 'film.mp4'), FILM);
    for (let time = 0; time < 2; time++) {
      const { headers, body } = await site.get('/static/film.mp4', [['Range', 'bytes=0-9']]);
      expect([headers['etag'], sha256(body)]).toEqual([undefined, sha256(FILM.subarray(0, 10))]);
    }
    expect(site.origin.exchanges()).toHaveLength(2);
  });
});

test('what is on disk is served after the cache was killed and started again', async () => {
  let nginx: Awaited<ReturnType<typeof start>> | undefined;
  const { get, origin } = await cached(async (port) => (nginx = await start(port)), 'max-age=600');
  const { body } = await get('/static/data.dat');
  await nginx?.kill();
  await nginx?.restart();
  expect(sha256((await get('/static/data.dat')).body)).toBe(sha256(body));
  expect(origin.exchanges()).toHaveLength(1);
});
