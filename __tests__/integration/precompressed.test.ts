import { mkdirSync, utimesSync } from 'node:fs';
import { join } from 'node:path';
import { SharedDataMiddleware, type Loader, type SharedDataOptions } from '../../src/index';
import { folderWith, put } from '../support/files';
import { app, rawRequest, serve, type RawAnswer } from '../support/server';

const folder = folderWith(
  {
    'app.js': 'the original',
    'app.js.br': 'in brotli',
    'app.js.zst': 'in zstandard',
    'app.js.gz': 'in gzip',
    'app.js.gz.br': 'never',
    'plain.txt': 'plain',
    'stale.css': 'new',
    'stale.css.gz': 'old',
    'secret.map': 'secret',
    'secret.map.gz': 'secret',
    'secret.map.gz.br': 'secret',
    'sub/index.html': 'index',
    'sub/index.html.gz': 'index in gzip',
    'dir.txt': 'file',
  },
  new Date(1.7e12),
);
utimesSync(join(folder, 'stale.css.gz'), 1.6e9, 1.6e9);
mkdirSync(join(folder, 'dir.txt.br'));

async function request(
  target: string,
  acceptEncoding: string | null,
  options: SharedDataOptions = {},
  otherHeaders: [string, string][] = [],
  method = 'GET',
): Promise<RawAnswer> {
  const shared = new SharedDataMiddleware(app, { '/s': folder }, { precompressed: true, ...options });
  const { port } = await serve(shared.listener);
  const accept: [string, string][] = acceptEncoding === null ? [] : [['Accept-Encoding', acceptEncoding]];
  return rawRequest(port, method, `/s/${target}`, [...accept, ...otherHeaders]);
}

describe('the content coding of the response', () => {
  test.each<[string | null, string | undefined, string]>([
    [null, undefined, 'the original'],
    ['', undefined, 'the original'],
    ['deflate', undefined, 'the original'],
    ['gzip', 'gzip', 'in gzip'],
    ['gzip, deflate, br, zstd', 'br', 'in brotli'],
    ['gzip, zstd', 'zstd', 'in zstandard'],
    ['br;q=0.1, gzip;q=0.9', 'gzip', 'in gzip'],
    ['*', 'br', 'in brotli'],
    ['br;q=0, *', 'zstd', 'in zstandard'],
    ['abbr', undefined, 'the original'],
    ['identity, br;q=0.5', undefined, 'the original'],
  ])('for Accept-Encoding %j is %s', async (acceptEncoding, coding, body) => {
    const answer = await request('app.js', acceptEncoding);
    expect([answer.status, answer.body.toString(), answer.headers['content-encoding']]).toEqual([
      200,
      body,
      coding,
    ]);
    expect(answer.headers).toMatchObject({
      vary: 'Accept-Encoding',
      'content-type': 'text/javascript; charset=utf-8',
      'content-length': String(body.length),
    });
  });

  test('is chosen in the order of the precompressed option', async () => {
    expect((await request('app.js', 'gzip, br', { precompressed: ['gzip', 'br'] })).body.toString()).toBe(
      'in gzip',
    );
    expect((await request('app.js', 'br', { precompressed: ['gzip'] })).body.toString()).toBe('the original');
  });

  test('is identity, without Vary, if the precompressed option is off', async () => {
    const { headers, body } = await request('app.js', 'br', { precompressed: false });
    expect([body.toString(), headers['vary']]).toEqual(['the original', undefined]);
  });

  test.each([
    ['plain.txt', 'plain'],
    ['stale.css', 'new'],
    ['dir.txt', 'file'],
  ])('is identity, with Vary, for %s, which has no usable encoded file', async (target, body) => {
    const answer = await request(target, 'gzip, br');
    expect([answer.body.toString(), answer.headers['vary']]).toEqual([body, 'Accept-Encoding']);
    expect(answer.headers).not.toHaveProperty('content-encoding');
  });

  test('is also negotiated for an index file', async () => {
    const { headers, body } = await request('sub/', 'gzip', { index: 'index.html' });
    expect([body.toString(), headers['content-type']]).toEqual(['index in gzip', 'text/html; charset=utf-8']);
  });
});

test('a request that accepts no available content coding responds 406', async () => {
  expect((await request('app.js', 'identity;q=0')).status).toBe(406);
  expect((await request('app.js', '*;q=0')).headers['vary']).toBe('Accept-Encoding');
  expect((await request('app.js', 'identity;q=0, gzip')).body.toString()).toBe('in gzip');
  expect((await request('app.js', 'identity;q=0', { precompressed: false })).status).toBe(200);
});

test('an encoded file that is requested by its own name is sent without Content-Encoding', async () => {
  const { headers, body } = await request('app.js.gz', 'gzip, br');
  expect([body.toString(), headers['content-type'], headers['vary']]).toEqual([
    'in gzip',
    'application/gzip',
    undefined,
  ]);
  expect(headers).not.toHaveProperty('content-encoding');
});

test('disallowing a file also disallows its encoded files', async () => {
  for (const target of ['secret.map', 'secret.map.gz', 'secret.map.gz.br']) {
    expect((await request(target, 'gzip', { disallow: '*.map' })).headers['x-app']).toBe('1');
    expect((await request(target, 'gzip', { disallow: '/secret.map' })).headers['x-app']).toBe('1');
    expect((await request(target, 'gzip', {})).status).toBe(200);
  }
});

describe('an encoded representation', () => {
  test('has its own ETag', async () => {
    const tags = await Promise.all(
      ['identity', 'br', 'zstd', 'gzip'].map(
        async (coding) => (await request('app.js', coding)).headers['etag'] ?? '',
      ),
    );
    expect(new Set(tags).size).toBe(4);
    expect(tags[1]).toMatch(/^"[^"]+-br"$/);
  });

  test('has its own ETag if a subclass overrides generateEtag', async () => {
    class Tagged extends SharedDataMiddleware {
      override generateEtag(): string {
        return 'same';
      }
    }
    const { port } = await serve(new Tagged(app, { '/s': folder }, { precompressed: true }).listener);
    expect((await rawRequest(port, 'GET', '/s/app.js', [['Accept-Encoding', 'br']])).headers['etag']).toBe(
      '"same-br"',
    );
    expect((await rawRequest(port, 'GET', '/s/app.js')).headers['etag']).toBe('"same"');
  });

  test('responds 304 to If-None-Match with its own ETag only', async () => {
    const { headers } = await request('app.js', 'br');
    const condition: [string, string] = ['If-None-Match', headers['etag'] ?? ''];
    const again = await request('app.js', 'br', {}, [condition]);
    expect([again.status, again.headers['vary'], again.headers['etag']]).toEqual([
      304,
      'Accept-Encoding',
      headers['etag'],
    ]);
    expect((await request('app.js', 'gzip', {}, [condition])).status).toBe(200);
  });

  test('has ranges of its encoded bytes', async () => {
    const { status, headers, body } = await request('app.js', 'gzip', {}, [['Range', 'bytes=3-']]);
    expect([status, headers['content-range'], headers['content-encoding'], body.toString()]).toEqual([
      206,
      'bytes 3-6/7',
      'gzip',
      'gzip',
    ]);
  });

  test('is never continued by a date, which the file and all of its encodings may share', async () => {
    const fields: [string, string][] = [
      ['Range', 'bytes=3-'],
      ['If-Range', new Date(1.7e12).toUTCString()],
    ];
    for (const accept of ['gzip', 'identity', null]) {
      expect((await request('app.js', accept, {}, fields)).status).toBe(200);
    }
    expect((await request('app.js', 'gzip', { precompressed: false }, fields)).status).toBe(206);
  });

  test('has its Content-Encoding and Content-Length in a response to HEAD', async () => {
    const head = await request('app.js', 'zstd', {}, [], 'HEAD');
    expect([head.headers['content-encoding'], head.headers['content-length'], head.body.length]).toEqual([
      'zstd',
      '12',
      0,
    ]);
  });
});

test('a changed encoded file is served at the next request, unless the original is newer', async () => {
  const changing = folderWith({ 'a.js': 'a', 'a.js.gz': 'one' });
  const { port } = await serve(
    new SharedDataMiddleware(app, { '/s': changing }, { precompressed: true }).listener,
  );
  const body = async (): Promise<string> =>
    (await rawRequest(port, 'GET', '/s/a.js', [['Accept-Encoding', 'gzip']])).body.toString();
  expect(await body()).toBe('one');
  put(join(changing, 'a.js.gz'), 'two');
  expect(await body()).toBe('two');
  put(join(changing, 'a.js'), 'b', new Date(Date.now() + 5000));
  expect(await body()).toBe('b');
});

describe('Vary', () => {
  test.each([
    ['Origin', 'Origin, Accept-Encoding'],
    ['Origin, accept-encoding', 'Origin, accept-encoding'],
    ['*', '*'],
  ])('extends the previous value "%s" to "%s"', async (before, after) => {
    const shared = new SharedDataMiddleware(app, { '/s': folder }, { precompressed: true });
    const { port } = await serve((req, res) => {
      res.setHeader('Vary', before);
      shared.listener(req, res);
    });
    expect((await rawRequest(port, 'GET', '/s/app.js')).headers['vary']).toBe(after);
  });
});

test('a custom loader can provide encoded content', async () => {
  const fileOf = (text: string): { mtime: Date; size: number; read: () => Buffer } => ({
    mtime: new Date(0),
    size: text.length,
    read: () => Buffer.from(text),
  });
  const loader: Loader = () => [
    'a.css',
    () => fileOf('plain'),
    (coding) => (coding === 'gzip' ? fileOf('encoded') : null),
  ];
  const { port } = await serve(
    new SharedDataMiddleware(app, { '/l': loader }, { precompressed: true }).listener,
  );
  const body = async (coding: string): Promise<string> =>
    (await rawRequest(port, 'GET', '/l', [['Accept-Encoding', coding]])).body.toString();
  expect([await body('br, gzip'), await body('br')]).toEqual(['encoded', 'plain']);
});
