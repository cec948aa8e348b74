import { join } from 'node:path';
import { writeFileSync } from 'node:fs';
import { Readable } from 'node:stream';
import { SharedDataMiddleware, type Loader, type SharedDataOptions } from '../../src/index';
import { folderWith } from '../support/files';
import { app, rawRequest, serve, type RawAnswer } from '../support/server';

const content = Buffer.from(
  Uint8Array.from({ length: 700_000 }, (_, index) => (index * 7 + (index >> 8)) & 255),
);
const folder = folderWith({ 'a.bin': content, 'empty.bin': '' }, new Date(1.7e12));

async function request(
  range: string,
  options: SharedDataOptions = {},
  otherHeaders: [string, string][] = [],
  method = 'GET',
  target = '/s/a.bin',
): Promise<RawAnswer> {
  const { port } = await serve(new SharedDataMiddleware(app, { '/s': folder }, options).listener);
  return rawRequest(port, method, target, [['Range', range], ...otherHeaders]);
}

/** The Content-Range and the bytes of each part of a multipart body. */
function partsOf({ headers, body }: RawAnswer): [string, Buffer][] {
  const boundary =
    /^multipart\/byteranges; boundary=(\S+)$/.exec(headers['content-type'] ?? '')?.[1] ?? 'none';
  const pieces = body.toString('latin1').split(`--${boundary}`);
  expect(pieces.shift()).toBe('');
  expect(pieces.pop()).toBe('--\r\n');
  return pieces.map((piece) => {
    const [, type, range, bytes] =
      /^\r\nContent-Type: (.+)\r\nContent-Range: (.+)\r\n\r\n(.*)\r\n$/s.exec(piece) ?? [];
    expect(type).toBe('application/octet-stream');
    return [range ?? '', Buffer.from(bytes ?? '', 'latin1')];
  });
}

describe.each<[string, SharedDataOptions]>([
  ['in memory', {}],
  ['on disk', { memoryLimit: 0 }],
])('a file %s', (_where, options) => {
  test.each([
    ['bytes=0-9', 'bytes 0-9/700000', 0, 10],
    ['bytes=-5', 'bytes 699995-699999/700000', 699_995, 700_000],
    ['bytes=300000-', 'bytes 300000-699999/700000', 300_000, 700_000],
  ])('responds 206 to the single range %s', async (range, contentRange, start, end) => {
    const { status, headers, body } = await request(range, options);
    expect(status).toBe(206);
    expect(headers).toMatchObject({
      'content-range': contentRange,
      'content-length': String(end - start),
      'content-type': 'application/octet-stream',
      'accept-ranges': 'bytes',
      'cache-control': 'max-age=43200, public',
    });
    expect(headers).toHaveProperty('etag');
    expect(headers).toHaveProperty('last-modified');
    expect(body.equals(content.subarray(start, end))).toBe(true);
  });

  test('responds to several ranges with one multipart body, in the requested order', async () => {
    const answer = await request('bytes=600000-699999, 0-1, 5-6, 1-4', options);
    expect([answer.status, answer.headers['content-length']]).toEqual([206, String(answer.body.length)]);
    expect(answer.headers).not.toHaveProperty('content-range');
    const parts = partsOf(answer);
    expect(parts.map(([range]) => range)).toEqual(['bytes 600000-699999/700000', 'bytes 0-6/700000']);
    expect(
      Buffer.concat(parts.map(([, bytes]) => bytes)).equals(
        Buffer.concat([content.subarray(600_000), content.subarray(0, 7)]),
      ),
    ).toBe(true);
  });

  test.each(['bytes=700000-', 'bytes=-0'])('responds 416 to the unsatisfiable range %s', async (range) => {
    const { status, headers, body } = await request(range, options);
    expect([status, headers['content-range']]).toEqual([416, 'bytes */700000']);
    expect(body.toString()).toBe('Range Not Satisfiable\n');
  });

  test.each(['bytes=9-0', 'items=0-1', 'bytes=0-699999,0-0', 'junk'])(
    'responds 200 to the invalid or excessive Range %s',
    async (range) => {
      const { status, body } = await request(range, options);
      expect([status, body.length]).toEqual([200, 700_000]);
    },
  );

  test.each(['bytes=0-0', 'bytes=0-', 'bytes=-0', 'bytes=0-, 5-9'])(
    'that is empty responds 416 to %s',
    async (range) => {
      const { status, headers } = await request(range, options, [], 'GET', '/s/empty.bin');
      expect([status, headers['content-range']]).toEqual([416, 'bytes */0']);
    },
  );

  test.each(['bytes=-1', 'bytes=0-, -9', 'bytes=1-0', 'junk'])(
    'that is empty responds 200 to %s',
    async (range) => {
      const { status, headers } = await request(range, options, [], 'GET', '/s/empty.bin');
      expect([status, headers['content-length']]).toEqual([200, '0']);
    },
  );
});

test('HEAD ignores Range', async () => {
  const { status, headers } = await request('bytes=0-9', {}, [], 'HEAD');
  expect([status, headers['content-length'], headers['accept-ranges']]).toEqual([200, '700000', 'bytes']);
});

test('acceptRanges: false disables range requests', async () => {
  const { status, headers } = await request('bytes=0-9', { acceptRanges: false });
  expect([status, headers['content-length'], headers['accept-ranges']]).toEqual([200, '700000', undefined]);
});

test('a repeated Range header is ignored', async () => {
  expect((await request('bytes=0-9', {}, [['Range', 'bytes=20-29']])).status).toBe(200);
});

describe('If-Range', () => {
  test('with the current ETag or Last-Modified responds 206, with any other value 200', async () => {
    const { headers } = await request('bytes=0-0');
    expect((await request('bytes=1-1', {}, [['If-Range', headers['etag'] ?? '']])).status).toBe(206);
    expect((await request('bytes=1-1', {}, [['If-Range', headers['last-modified'] ?? '']])).status).toBe(206);
    expect((await request('bytes=1-1', {}, [['If-Range', `W/${headers['etag'] ?? ''}`]])).status).toBe(200);
    expect((await request('bytes=1-1', {}, [['If-Range', '"other"']])).status).toBe(200);
    expect((await request('bytes=1-1', {}, [['If-Range', 'Tue, 14 Nov 2023 22:13:21 GMT']])).status).toBe(
      200,
    );
  });

  test('with the ETag of a replaced version responds 200 with the new version', async () => {
    const path = join(folderWith({ 'a.txt': 'first version' }), 'a.txt');
    const { port } = await serve(new SharedDataMiddleware(app, { '/a': path }).listener);
    const { headers } = await rawRequest(port, 'GET', '/a', [['Range', 'bytes=0-4']]);
    writeFileSync(path, 'other version');
    const next = await rawRequest(port, 'GET', '/a', [
      ['Range', 'bytes=5-'],
      ['If-Range', headers['etag'] ?? ''],
    ]);
    expect([next.status, next.body.toString()]).toEqual([200, 'other version']);
  });

  test('without Range is ignored', async () => {
    const { port } = await serve(new SharedDataMiddleware(app, { '/s': folder }).listener);
    expect((await rawRequest(port, 'GET', '/s/a.bin', [['If-Range', '"other"']])).status).toBe(200);
  });

  test('with cache: false never matches, while Range alone responds 206', async () => {
    const { status, headers } = await request('bytes=1-1', { cache: false });
    expect(status).toBe(206);
    expect(
      (await request('bytes=1-1', { cache: false }, [['If-Range', headers['last-modified'] ?? '']])).status,
    ).toBe(200);
  });
});

describe('preconditions are evaluated before Range:', () => {
  test.each<[string, [string, string], number]>([
    ['If-Match', ['If-Match', '"other"'], 412],
    ['If-Unmodified-Since', ['If-Unmodified-Since', 'Mon, 13 Nov 2023 22:13:20 GMT'], 412],
    ['If-None-Match', ['If-None-Match', '*'], 304],
    ['If-Modified-Since', ['If-Modified-Since', 'Tue, 14 Nov 2023 22:13:20 GMT'], 304],
  ])('%s', async (_name, field, status) => {
    for (const range of ['bytes=0-9', 'bytes=700000-'])
      expect((await request(range, {}, [field])).status).toBe(status);
    expect((await request('bytes=0-9', { cache: false }, [field])).status).toBe(206);
  });

  test('a 412 has a plain-text body and Cache-Control: no-store', async () => {
    const { headers, body } = await request('bytes=0-9', {}, [['If-Match', '"other"']]);
    expect(headers).toMatchObject({ 'cache-control': 'no-store', 'content-length': '20' });
    expect(body.toString()).toBe('Precondition Failed\n');
  });
});

describe('a loader that returns streams', () => {
  const letters = Buffer.from('abcdefghijklmnopqrstuvwxyz');
  const reads: string[] = [];
  const loader: Loader = () => [
    'letters.txt',
    () => ({
      mtime: new Date(0),
      size: letters.length,
      read: (start, end) => {
        reads.push(`${start}-${end}`);
        return Readable.from([letters.subarray(start, end + 1)]);
      },
    }),
  ];

  test('reads only the requested bytes, and those between near ranges', async () => {
    const { port } = await serve(new SharedDataMiddleware(app, { '/l': loader }).listener);
    expect((await rawRequest(port, 'GET', '/l', [['Range', 'bytes=-3']])).body.toString()).toBe('xyz');
    const several = await rawRequest(port, 'GET', '/l', [['Range', 'bytes=0-1,24-']]);
    expect(several.body.length).toBe(Number(several.headers['content-length']));
    expect(several.body.toString()).toContain('\r\n\r\nyz\r\n--');
    expect(reads).toEqual(['23-25', '0-25']);
  });
});

describe('several near ranges', () => {
  const bytes = Buffer.from(Array.from({ length: 200_000 }, (_, at) => at % 251));

  async function readsFor(range: string): Promise<[string[], [string, Buffer][]]> {
    const reads: string[] = [];
    const loader: Loader = () => [
      'a.bin',
      () => ({
        mtime: new Date(0),
        size: bytes.length,
        read: (start, end) => {
          reads.push(`${start}-${end}`);
          return bytes.subarray(start, end + 1);
        },
      }),
    ];
    const { port } = await serve(new SharedDataMiddleware(null, { '/a': loader }).listener);
    const parts = partsOf(await rawRequest(port, 'GET', '/a', [['Range', `bytes=${range}`]]));
    return [reads, parts];
  }

  test('are read together, so that 100 ranges do not cost 100 reads', async () => {
    const positions = Array.from({ length: 100 }, (_, index) => 29_700 - 300 * index);
    const [reads, parts] = await readsFor(positions.map((at) => `${at}-${at}`).join());
    expect(reads).toEqual(['0-29700']);
    expect(parts).toEqual(positions.map((at) => [`bytes ${at}-${at}/200000`, bytes.subarray(at, at + 1)]));
  });

  test('are read in several reads if they are far from each other', async () => {
    const [reads, parts] = await readsFor('0-9,60000-60001,66000-66001,199999-199999,70000-170000');
    expect(reads).toEqual(['0-60001', '66000-66001', '199999-199999', '70000-170000']);
    expect(parts.map(([, part]) => part.length)).toEqual([10, 2, 2, 1, 100_001]);
    expect(parts[4]?.[1].equals(bytes.subarray(70_000, 170_001))).toBe(true);
  });
});
