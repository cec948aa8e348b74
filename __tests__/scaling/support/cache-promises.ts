import { join } from 'node:path';
import { sha256 } from '../../clients/support/content';
import { eventually } from '../../support/process';
import { cached, CODED, NEW, OLD, TEXT, type StartCache } from './cached';
import { deploy } from './deploy';
import { failing, failingWith, type Failure } from './failures';

/** What every cache is to make of this package as its origin. `failures`: what stale-if-error means to it. */
export function promisesOfCaches(start: StartCache, failures: readonly Failure[]): void {
  test('a hit stays a hit: the origin is asked once', async () => {
    const { get, origin } = await cached(start, 'max-age=600');
    for (let time = 0; time < 20; time++) {
      const { status, headers, body } = await get('/static/data.dat');
      expect([status, headers['cache-control'], sha256(body)]).toEqual([200, 'max-age=600', sha256(OLD)]);
    }
    expect(origin.exchanges()).toHaveLength(1);
  });

  test('a hundred clients that miss at once make one request', async () => {
    const { get, origin } = await cached(start, 'max-age=600');
    const answers = await Promise.all(Array.from({ length: 100 }, () => get('/static/data.dat')));
    expect(new Set(answers.map(({ body }) => sha256(body)))).toEqual(new Set([sha256(OLD)]));
    expect(origin.exchanges()).toHaveLength(1);
  });

  test('what is due costs the origin a 304 without a body, and the client gets the whole', async () => {
    const { get, origin } = await cached(start, 'max-age=1');
    const { headers } = await get('/static/data.dat');
    const sent = origin.bytesSent();
    origin.forget();
    await eventually(async () => {
      expect(sha256((await get('/static/data.dat')).body)).toBe(sha256(OLD));
      expect(origin.exchanges().length).toBeGreaterThan(0);
    });
    expect(new Set(origin.exchanges().map(({ status }) => status))).toEqual(new Set([304]));
    expect(origin.exchanges()[0]?.headers['if-none-match']).toBe(headers['etag']);
    expect(origin.bytesSent() - sent).toBeLessThan(5_000);
  });

  test('the 304 of a client comes from the cache', async () => {
    const { get, origin } = await cached(start, 'max-age=600');
    const { etag = '' } = (await get('/static/data.dat')).headers;
    const { status, body } = await get('/static/data.dat', [['If-None-Match', etag]]);
    expect([status, body.length]).toEqual([304, 0]);
    expect(origin.exchanges()).toHaveLength(1);
  });

  test('a deploy shows after the lifetime, and is never mixed with what was there, for 8 clients', async () => {
    const { get, folder } = await cached(start, 'max-age=1');
    const seen: string[] = [];
    let isOver = false;
    const clients = Array.from({ length: 8 }, async () => {
      while (!isOver) {
        const { headers, body } = await get('/static/data.dat');
        seen.push(`${headers['content-length'] ?? ''} ${sha256(body)}`);
      }
    });
    const [old, deployed] = [OLD, NEW].map((content) => `${content.length} ${sha256(content)}`);
    await eventually(() => {
      expect(seen.length).toBeGreaterThan(8);
    });
    deploy(join(folder, 'data.dat'), NEW);
    await eventually(() => {
      expect(seen.slice(-8)).toEqual(Array(8).fill(deployed));
    }).finally(() => (isOver = true));
    await Promise.all(clients);
    expect(new Set(seen)).toEqual(new Set([old, deployed]));
  });

  test('Vary keeps the codings apart, also when they are kept', async () => {
    const { get, origin } = await cached(start, 'max-age=600');
    const expected = { br: CODED.br, gzip: CODED.gzip, identity: Buffer.from(TEXT) };
    for (let time = 0; time < 3; time++) {
      for (const [coding, content] of Object.entries(expected)) {
        const { headers, body } = await get('/static/app.js', [['Accept-Encoding', coding]]);
        expect(headers['content-encoding'] ?? 'identity').toBe(coding);
        expect(headers['vary']).toMatch(/accept-encoding/i);
        expect(sha256(body)).toBe(sha256(content));
      }
    }
    const { headers } = await get('/static/app.js', [['Accept-Encoding', 'gzip, deflate, br']]);
    expect(headers['content-encoding']).toBe('br');
    expect(origin.exchanges()).toHaveLength(4);
  });

  test('ranges come out of a whole that is kept', async () => {
    const { get, origin } = await cached(start, 'max-age=600');
    for (const [range, part] of [
      ['bytes=1000-1999', OLD.subarray(1000, 2000)],
      ['bytes=-10', OLD.subarray(-10)],
      ['bytes=299999-', OLD.subarray(299_999)],
    ] as const) {
      await get('/static/data.dat');
      const { status, body } = await get('/static/data.dat', [['Range', range]]);
      expect([status, sha256(body)]).toEqual([206, sha256(part)]);
    }
    expect(origin.exchanges()).toHaveLength(1);
  });

  test('a range that comes first does not become the whole', async () => {
    const { get, origin } = await cached(start, 'max-age=600');
    const { status, body } = await get('/static/data.dat', [['Range', 'bytes=1000-1999']]);
    expect([status, sha256(body)]).toEqual([206, sha256(OLD.subarray(1000, 2000))]);
    expect(sha256((await get('/static/data.dat')).body)).toBe(sha256(OLD));
    expect(new Set(origin.exchanges().map(({ headers }) => headers.range))).toEqual(new Set([undefined]));
  });

  test('a HEAD that comes first does not become an empty GET', async () => {
    const { get, head } = await cached(start, 'max-age=600');
    const { status, headers, body } = await head('/static/data.dat');
    expect([status, headers['content-length'], body.length]).toEqual([200, String(OLD.length), 0]);
    expect(sha256((await get('/static/data.dat')).body)).toBe(sha256(OLD));
  });

  test('a 404 of the application is not kept', async () => {
    const { get, folder, origin } = await cached(start, 'max-age=600');
    for (let time = 0; time < 2; time++) {
      const { status, body } = await get('/static/late.txt');
      expect([status, body.toString()]).toEqual([404, 'APP\n']);
    }
    expect(origin.exchanges()).toHaveLength(2);
    deploy(join(folder, 'late.txt'), 'late');
    expect((await get('/static/late.txt')).body.toString()).toBe('late');
  });

  test.each([500, 503])('a %i is not kept', async (status) => {
    const { get, origin } = await cached(start, 'max-age=600');
    const { listener } = origin;
    origin.listener = failing(status);
    expect((await get('/static/data.dat')).status).toBe(status);
    origin.listener = listener;
    expect((await get('/static/data.dat')).status).toBe(200);
  });

  test('a 404 is kept if it says so', async () => {
    const { get, origin } = await cached(start, 'max-age=600');
    origin.listener = failing(404, { 'Cache-Control': 'max-age=600' });
    for (let time = 0; time < 3; time++) expect((await get('/static/gone.txt')).status).toBe(404);
    expect(origin.exchanges()).toHaveLength(1);
  });

  test('s-maxage reaches the client, and counts for the cache instead of max-age', async () => {
    const { get, origin } = await cached(start, 'max-age=0, s-maxage=600');
    for (let time = 0; time < 3; time++)
      expect((await get('/static/data.dat')).headers['cache-control']).toBe('max-age=0, s-maxage=600');
    expect(origin.exchanges()).toHaveLength(1);
  });

  test('no-store is not kept', async () => {
    const { get, origin } = await cached(start, 'no-store');
    for (let time = 0; time < 3; time++)
      expect(sha256((await get('/static/data.dat')).body)).toBe(sha256(OLD));
    expect(origin.exchanges()).toHaveLength(3);
  });

  test('stale-while-revalidate: who comes late gets the old copy at once, while the origin takes its time', async () => {
    const cacheControl = 'max-age=1, stale-while-revalidate=600';
    const { get, folder, origin } = await cached(start, cacheControl);
    expect((await get('/static/data.dat')).headers['cache-control']).toBe(cacheControl);
    deploy(join(folder, 'data.dat'), NEW);
    const { listener } = origin;
    const held: (() => void)[] = [];
    origin.listener = (req, res) => {
      held.push(() => {
        listener(req, res);
      });
    };
    await eventually(async () => {
      expect(sha256((await get('/static/data.dat')).body)).toBe(sha256(OLD));
      expect(held.length).toBeGreaterThan(0);
    });
    for (let time = 0; time < 5; time++)
      expect(sha256((await get('/static/data.dat')).body)).toBe(sha256(OLD));
    expect(held).toHaveLength(1);
    origin.listener = listener;
    for (const release of held) release();
    await eventually(async () => {
      expect(sha256((await get('/static/data.dat')).body)).toBe(sha256(NEW));
    });
  });

  test.each(failures)(
    "stale-if-error: %s is not seen while there is an old copy, and ends with the origin's recovery",
    async (failure) => {
      const { get, folder, origin } = await cached(start, 'max-age=1, stale-if-error=600');
      await get('/static/data.dat');
      const { listener } = origin;
      origin.listener = failingWith(failure);
      origin.forget();
      await eventually(async () => {
        const { status, body } = await get('/static/data.dat');
        expect([status, sha256(body)]).toEqual([200, sha256(OLD)]);
        expect(origin.exchanges().length).toBeGreaterThan(2);
      });
      deploy(join(folder, 'data.dat'), NEW);
      origin.listener = listener;
      await eventually(async () => {
        expect(sha256((await get('/static/data.dat')).body)).toBe(sha256(NEW));
      });
    },
  );

  test('without stale-if-error, an error is seen after the lifetime', async () => {
    const { get, origin } = await cached(start, 'max-age=1');
    await get('/static/data.dat');
    origin.listener = failing(503);
    await eventually(async () => {
      expect((await get('/static/data.dat')).status).toBe(503);
    });
  });
}
