import { mkdirSync, utimesSync } from 'node:fs';
import { join } from 'node:path';
import { SharedDataMiddleware, type Loader, type SharedDataOptions } from '../src';
import { folderWith, put } from './support/files';
import { app, rawRequest, serve, type RawAnswer } from './support/server';

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

async function ask(
  target: string,
  acceptEncoding: string | null,
  options: SharedDataOptions = {},
  more: [string, string][] = [],
  method = 'GET',
): Promise<RawAnswer> {
  const shared = new SharedDataMiddleware(app, { '/s': folder }, { precompressed: true, ...options });
  const { port } = await serve(shared.listener);
  const accept: [string, string][] = acceptEncoding === null ? [] : [['Accept-Encoding', acceptEncoding]];
  return rawRequest(port, method, `/s/${target}`, [...accept, ...more]);
}

describe('the coding that is sent', () => {
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
  ])('for %j is %s', async (acceptEncoding, coding, body) => {
    const answer = await ask('app.js', acceptEncoding);
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

  test('follows the list of the option', async () => {
    expect((await ask('app.js', 'gzip, br', { precompressed: ['gzip', 'br'] })).body.toString()).toBe(
      'in gzip',
    );
    expect((await ask('app.js', 'br', { precompressed: ['gzip'] })).body.toString()).toBe('the original');
  });

  test('is none where the option is off, and then nothing varies', async () => {
    const { headers, body } = await ask('app.js', 'br', { precompressed: false });
    expect([body.toString(), headers['vary']]).toEqual(['the original', undefined]);
  });

  test.each([
    ['plain.txt', 'plain'],
    ['stale.css', 'new'],
    ['dir.txt', 'file'],
  ])('is none for %s, which has no good one; another day it may', async (target, body) => {
    const answer = await ask(target, 'gzip, br');
    expect([answer.body.toString(), answer.headers['vary']]).toEqual([body, 'Accept-Encoding']);
    expect(answer.headers).not.toHaveProperty('content-encoding');
  });

  test('is that of an index too', async () => {
    const { headers, body } = await ask('sub/', 'gzip', { index: 'index.html' });
    expect([body.toString(), headers['content-type']]).toEqual(['index in gzip', 'text/html; charset=utf-8']);
  });
});

test('a client that wants nothing that there is gets a 406', async () => {
  expect((await ask('app.js', 'identity;q=0')).status).toBe(406);
  expect((await ask('app.js', '*;q=0')).headers['vary']).toBe('Accept-Encoding');
  expect((await ask('app.js', 'identity;q=0, gzip')).body.toString()).toBe('in gzip');
  expect((await ask('app.js', 'identity;q=0', { precompressed: false })).status).toBe(200);
});

test('a coded file that is asked for by its own name is sent as it is', async () => {
  const { headers, body } = await ask('app.js.gz', 'gzip, br');
  expect([body.toString(), headers['content-type'], headers['vary']]).toEqual([
    'in gzip',
    'application/gzip',
    undefined,
  ]);
  expect(headers).not.toHaveProperty('content-encoding');
});

test('who may not read a file may not read it compressed', async () => {
  for (const target of ['secret.map', 'secret.map.gz', 'secret.map.gz.br']) {
    expect((await ask(target, 'gzip', { disallow: '*.map' })).headers['x-app']).toBe('1');
    expect((await ask(target, 'gzip', { disallow: '/secret.map' })).headers['x-app']).toBe('1');
    expect((await ask(target, 'gzip', {})).status).toBe(200);
  }
});

describe('each coding is a representation of its own', () => {
  test('with an ETag of its own', async () => {
    const tags = await Promise.all(
      ['identity', 'br', 'zstd', 'gzip'].map(
        async (coding) => (await ask('app.js', coding)).headers['etag'] ?? '',
      ),
    );
    expect(new Set(tags).size).toBe(4);
    expect(tags[1]).toMatch(/^"[^"]+-br"$/);
  });

  test('also where a subclass makes the tags', async () => {
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

  test('that is asked again for with that tag, and found unchanged', async () => {
    const { headers } = await ask('app.js', 'br');
    const condition: [string, string] = ['If-None-Match', headers['etag'] ?? ''];
    const again = await ask('app.js', 'br', {}, [condition]);
    expect([again.status, again.headers['vary'], again.headers['etag']]).toEqual([
      304,
      'Accept-Encoding',
      headers['etag'],
    ]);
    expect((await ask('app.js', 'gzip', {}, [condition])).status).toBe(200);
  });

  test('with ranges of its own bytes', async () => {
    const { status, headers, body } = await ask('app.js', 'gzip', {}, [['Range', 'bytes=3-']]);
    expect([status, headers['content-range'], headers['content-encoding'], body.toString()]).toEqual([
      206,
      'bytes 3-6/7',
      'gzip',
      'gzip',
    ]);
  });

  test('and HEAD tells of it what GET does', async () => {
    const head = await ask('app.js', 'zstd', {}, [], 'HEAD');
    expect([head.headers['content-encoding'], head.headers['content-length'], head.body.length]).toEqual([
      'zstd',
      '12',
      0,
    ]);
  });
});

test('a change of a coded file shows at the next request', async () => {
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
  ])('%s, set before, becomes %s', async (before, after) => {
    const shared = new SharedDataMiddleware(app, { '/s': folder }, { precompressed: true });
    const { port } = await serve((req, res) => {
      res.setHeader('Vary', before);
      shared.listener(req, res);
    });
    expect((await rawRequest(port, 'GET', '/s/app.js')).headers['vary']).toBe(after);
  });
});

test("a loader of one's own may have codings too", async () => {
  const bytes = (text: string): { mtime: Date; size: number; read: () => Buffer } => ({
    mtime: new Date(0),
    size: text.length,
    read: () => Buffer.from(text),
  });
  const loader: Loader = () => [
    'a.css',
    () => bytes('plain'),
    (coding) => (coding === 'gzip' ? bytes('coded') : null),
  ];
  const { port } = await serve(
    new SharedDataMiddleware(app, { '/l': loader }, { precompressed: true }).listener,
  );
  const body = async (coding: string): Promise<string> =>
    (await rawRequest(port, 'GET', '/l', [['Accept-Encoding', coding]])).body.toString();
  expect([await body('br, gzip'), await body('br')]).toEqual(['coded', 'plain']);
});
