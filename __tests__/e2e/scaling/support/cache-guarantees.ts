import { join } from 'node:path';
import { sha256 } from '../../clients/support/content';
import { dictionaryOf } from '../../../support/deltas';
import { put } from '../../../support/files';
import { eventually } from '../../../support/process';
import { cached, ENCODED, NEW, OLD, TEXT, type StartCache } from './cached';
import { deploy } from './deploy';
import { failing, failingWith, type Failure } from './failures';

/**
 * Defines the tests that every cache in front of this package must pass.
 *
 * @param start - starts the cache
 * @param failures - the failures of the origin that `stale-if-error` covers in this cache
 */
export function testCacheGuarantees(start: StartCache, failures: readonly Failure[]): void {
  test('a hit does not reach the origin', async () => {
    const { get, origin } = await cached(start, 'max-age=600');
    for (let count = 0; count < 20; count++) {
      const { status, headers, body } = await get('/static/data.dat');
      expect([status, headers['cache-control'], sha256(body)]).toEqual([200, 'max-age=600', sha256(OLD)]);
    }
    expect(origin.exchanges()).toHaveLength(1);
  });

  test('a hundred simultaneous misses cause one request to the origin', async () => {
    const { get, origin } = await cached(start, 'max-age=600');
    const responses = await Promise.all(Array.from({ length: 100 }, () => get('/static/data.dat')));
    expect(new Set(responses.map(({ body }) => sha256(body)))).toEqual(new Set([sha256(OLD)]));
    expect(origin.exchanges()).toHaveLength(1);
  });

  test('revalidating a stale entry costs the origin a 304 without a body', async () => {
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

  test('the cache itself responds 304 to a client', async () => {
    const { get, origin } = await cached(start, 'max-age=600');
    const { etag = '' } = (await get('/static/data.dat')).headers;
    const { status, body } = await get('/static/data.dat', [['If-None-Match', etag]]);
    expect([status, body.length]).toEqual([304, 0]);
    expect(origin.exchanges()).toHaveLength(1);
  });

  test('8 clients get a deployed version after the lifetime, never mixed with the old one', async () => {
    const { get, folder } = await cached(start, 'max-age=1');
    const received: string[] = [];
    let isDone = false;
    const clients = Array.from({ length: 8 }, async () => {
      while (!isDone) {
        const { headers, body } = await get('/static/data.dat');
        received.push(`${headers['content-length'] ?? ''} ${sha256(body)}`);
      }
    });
    const [old, deployed] = [OLD, NEW].map((content) => `${content.length} ${sha256(content)}`);
    await eventually(() => {
      expect(received.length).toBeGreaterThan(8);
    });
    deploy(join(folder, 'data.dat'), NEW);
    await eventually(() => {
      expect(received.slice(-8)).toEqual(Array(8).fill(deployed));
    }).finally(() => (isDone = true));
    await Promise.all(clients);
    expect(new Set(received)).toEqual(new Set([old, deployed]));
  });

  test('each content coding is cached separately because of Vary', async () => {
    const { get, origin } = await cached(start, 'max-age=600');
    const expected = { br: ENCODED.br, gzip: ENCODED.gzip, identity: Buffer.from(TEXT) };
    for (let count = 0; count < 3; count++) {
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

  test('each delta is cached separately, and is sent only to clients that have its dictionary', async () => {
    const dictionaries = { match: '/static/*.js' };
    const { get, folder, origin } = await cached(start, 'max-age=600', { dictionaries });
    const [old, older] = [dictionaryOf('old'), dictionaryOf('older')];
    for (const one of [old, older]) put(join(folder, `app.js.${one.short}.dcz`), one.delta('dcz', 'delta'));
    const expected: [string | undefined, string, Buffer][] = [
      [old.field, 'dcz', old.delta('dcz', 'delta')],
      [older.field, 'dcz', older.delta('dcz', 'delta')],
      [dictionaryOf('unknown').field, 'br', ENCODED.br],
      [undefined, 'br', ENCODED.br],
    ];
    for (let count = 0; count < 3; count++) {
      for (const [field, coding, content] of expected) {
        const codings = `gzip, deflate, br, zstd${field === undefined ? '' : ', dcb, dcz'}`;
        const { headers, body } = await get('/static/app.js', [
          ['Accept-Encoding', codings],
          ...(field === undefined ? [] : ([['Available-Dictionary', field]] as const)),
        ]);
        expect([headers['content-encoding'], sha256(body)]).toEqual([coding, sha256(content)]);
        expect(headers['vary']).toMatch(/available-dictionary/i);
      }
    }
    expect(origin.exchanges()).toHaveLength(4);
  });

  test('ranges are served from the cached file', async () => {
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

  test('a range as the first request does not replace the whole file', async () => {
    const { get, origin } = await cached(start, 'max-age=600');
    const { status, body } = await get('/static/data.dat', [['Range', 'bytes=1000-1999']]);
    expect([status, sha256(body)]).toEqual([206, sha256(OLD.subarray(1000, 2000))]);
    expect(sha256((await get('/static/data.dat')).body)).toBe(sha256(OLD));
    expect(new Set(origin.exchanges().map(({ headers }) => headers.range))).toEqual(new Set([undefined]));
  });

  test('a HEAD as the first request does not cause an empty GET', async () => {
    const { get, head } = await cached(start, 'max-age=600');
    const { status, headers, body } = await head('/static/data.dat');
    expect([status, headers['content-length'], body.length]).toEqual([200, String(OLD.length), 0]);
    expect(sha256((await get('/static/data.dat')).body)).toBe(sha256(OLD));
  });

  test('a 404 of the application is not cached', async () => {
    const { get, folder, origin } = await cached(start, 'max-age=600');
    for (let count = 0; count < 2; count++) {
      const { status, body } = await get('/static/late.txt');
      expect([status, body.toString()]).toEqual([404, 'APP\n']);
    }
    expect(origin.exchanges()).toHaveLength(2);
    deploy(join(folder, 'late.txt'), 'late');
    expect((await get('/static/late.txt')).body.toString()).toBe('late');
  });

  test.each([500, 503])('a %i is not cached', async (status) => {
    const { get, origin } = await cached(start, 'max-age=600');
    const { listener } = origin;
    origin.listener = failing(status);
    expect((await get('/static/data.dat')).status).toBe(status);
    origin.listener = listener;
    expect((await get('/static/data.dat')).status).toBe(200);
  });

  test('a 404 is cached if its Cache-Control allows it', async () => {
    const { get, origin } = await cached(start, 'max-age=600');
    origin.listener = failing(404, { 'Cache-Control': 'max-age=600' });
    for (let count = 0; count < 3; count++) expect((await get('/static/gone.txt')).status).toBe(404);
    expect(origin.exchanges()).toHaveLength(1);
  });

  test('s-maxage overrides max-age in the cache and reaches the client', async () => {
    const { get, origin } = await cached(start, 'max-age=0, s-maxage=600');
    for (let count = 0; count < 3; count++)
      expect((await get('/static/data.dat')).headers['cache-control']).toBe('max-age=0, s-maxage=600');
    expect(origin.exchanges()).toHaveLength(1);
  });

  test('a response with no-store is not cached', async () => {
    const { get, origin } = await cached(start, 'no-store');
    for (let count = 0; count < 3; count++)
      expect(sha256((await get('/static/data.dat')).body)).toBe(sha256(OLD));
    expect(origin.exchanges()).toHaveLength(3);
  });

  test('stale-while-revalidate serves the stale copy while the origin responds', async () => {
    const cacheControl = 'max-age=1, stale-while-revalidate=600';
    const { get, folder, origin } = await cached(start, cacheControl);
    expect((await get('/static/data.dat')).headers['cache-control']).toBe(cacheControl);
    deploy(join(folder, 'data.dat'), NEW);
    const { listener } = origin;
    const pending: (() => void)[] = [];
    origin.listener = (req, res) => {
      pending.push(() => {
        listener(req, res);
      });
    };
    await eventually(async () => {
      expect(sha256((await get('/static/data.dat')).body)).toBe(sha256(OLD));
      expect(pending.length).toBeGreaterThan(0);
    });
    for (let count = 0; count < 5; count++)
      expect(sha256((await get('/static/data.dat')).body)).toBe(sha256(OLD));
    expect(pending).toHaveLength(1);
    origin.listener = listener;
    for (const release of pending) release();
    await eventually(async () => {
      expect(sha256((await get('/static/data.dat')).body)).toBe(sha256(NEW));
    });
  });

  test.each(failures)(
    'stale-if-error serves the stale copy instead of %s until the origin recovers',
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

  test('without stale-if-error, an error of the origin reaches the client after the lifetime', async () => {
    const { get, origin } = await cached(start, 'max-age=1');
    await get('/static/data.dat');
    origin.listener = failing(503);
    await eventually(async () => {
      expect((await get('/static/data.dat')).status).toBe(503);
    });
  });
}
