import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { SharedDataMiddleware, type Exports, type Loader, type SharedDataOptions } from '../../src/index';
import { folderWith, put } from '../support/files';
import { eventually } from '../support/process';
import { app, rawRequest, serve, type RawAnswer } from '../support/server';

const OLD_MTIME = new Date(1.7e12);
const SMALL = '0123456789';
const LARGE = Buffer.alloc(700_000, 'large file ');
const folder = folderWith(
  { 'a.js': SMALL, 'a.js.gz': 'in gzip', 'empty.txt': '', 'large.bin': LARGE, 'docs/index.html': 'docs' },
  OLD_MTIME,
);

function digestOf(content: string | Uint8Array): string {
  return `sha-256=:${createHash('sha256').update(content).digest('base64')}:`;
}

async function start(
  options: SharedDataOptions = {},
  Middleware = SharedDataMiddleware,
  exports: Exports = { '/s': folder },
): Promise<(target: string, fields?: [string, string][], method?: string) => Promise<RawAnswer>> {
  const { port } = await serve(new Middleware(app, exports, { digest: true, ...options }).listener);
  return (target, fields = [], method = 'GET') => rawRequest(port, method, target, fields);
}

describe('Repr-Digest of a file in memory', () => {
  test.each<[string, string, number, [string, string][]]>([
    ['GET', 'a 200', 200, []],
    ['HEAD', 'a 200', 200, []],
    ['GET', 'a 206', 206, [['Range', 'bytes=2-4']]],
    ['GET', 'a multipart 206', 206, [['Range', 'bytes=0-0,4-4']]],
  ])('is the SHA-256 of the whole file for %s with %s', async (method, _what, status, fields) => {
    const send = await start();
    for (const round of [1, 2]) {
      const answer = await send('/s/a.js', fields, method);
      expect([round, answer.status, answer.headers['repr-digest']]).toEqual([round, status, digestOf(SMALL)]);
    }
  });

  test.each<[string, number, [string, string], string]>([
    ['a 304', 304, ['If-None-Match', '*'], '/s/a.js'],
    ['a 412', 412, ['If-Match', '"another"'], '/s/a.js'],
    ['a 416', 416, ['Range', 'bytes=99-'], '/s/a.js'],
    ['a redirect', 308, ['X-Any', '1'], '/s/docs'],
  ])('is not sent with %s', async (_what, status, field, target) => {
    const answer = await (await start({ index: 'index.html' }))(target, [field]);
    expect([answer.status, answer.headers['repr-digest']]).toEqual([status, undefined]);
  });

  test('is that of the encoded bytes for a stored encoding', async () => {
    const send = await start({ precompressed: true });
    const encoded = await send('/s/a.js', [['Accept-Encoding', 'gzip']]);
    const plain = await send('/s/a.js');
    expect([encoded.headers['repr-digest'], plain.headers['repr-digest']]).toEqual([
      digestOf('in gzip'),
      digestOf(SMALL),
    ]);
  });

  test('is sent for an empty file, without cache, and for the content of a loader', async () => {
    const content = Buffer.from('generated');
    const loader: Loader = () => [
      'a.txt',
      () => ({
        mtime: OLD_MTIME,
        size: content.length,
        content,
        read: (start, end) => content.subarray(start, end + 1),
      }),
    ];
    const send = await start({ cache: false }, SharedDataMiddleware, { '/s': folder, '/l': loader });
    const digests: unknown[] = [];
    for (const target of ['/s/empty.txt', '/s/a.js', '/l'])
      digests.push((await send(target)).headers['repr-digest']);
    expect(digests).toEqual([digestOf(''), digestOf(SMALL), digestOf(content)]);
  });

  test('is not sent without the option, or for a file that a proxy sends', async () => {
    const sendfile = { header: 'X-Sendfile', from: folder, to: '/internal' };
    for (const options of [{ digest: false }, { sendfile }])
      expect((await (await start(options))('/s/a.js')).headers).not.toHaveProperty('repr-digest');
  });

  test('is new for a new content', async () => {
    const changing = folderWith({ 'a.txt': 'one' }, OLD_MTIME);
    const send = await start({}, SharedDataMiddleware, { '/s': changing });
    expect((await send('/s/a.txt')).headers['repr-digest']).toBe(digestOf('one'));
    put(join(changing, 'a.txt'), 'two');
    expect((await send('/s/a.txt')).headers['repr-digest']).toBe(digestOf('two'));
  });

  test('can be changed by setHeaders, and is then not sent with a 304 either', async () => {
    class Own extends SharedDataMiddleware {
      override setHeaders(headers: Headers): void {
        headers.set('Repr-Digest', 'sha-512=:b3du:');
      }
    }
    const send = await start({}, Own);
    expect((await send('/s/a.js')).headers['repr-digest']).toBe('sha-512=:b3du:');
    const same = await send('/s/a.js', [['If-None-Match', '*']]);
    expect([same.status, same.headers['repr-digest']]).toEqual([304, undefined]);
  });
});

describe('Repr-Digest of a large file', () => {
  test.each<[string, SharedDataOptions]>([
    ['larger than its share of the memory', { memoryLimit: 1_000_000 }],
    ['without memory', { memoryLimit: 0 }],
    ['with ETags by content', { memoryLimit: 0, etags: 'content' }],
    ['read by the thread pool', { memoryLimit: 1_000_000, io: 'async' }],
  ])('is sent once it is known: %s', async (_what, options) => {
    const send = await start(options);
    const first = await send('/s/large.bin');
    expect([first.body.equals(LARGE), first.headers['repr-digest']]).toEqual([true, undefined]);
    await eventually(async () => {
      expect((await send('/s/large.bin', [], 'HEAD')).headers['repr-digest']).toBe(digestOf(LARGE));
    });
    const part = await send('/s/large.bin', [['Range', 'bytes=1-2']]);
    expect([part.status, part.headers['repr-digest']]).toEqual([206, digestOf(LARGE)]);
    expect(part.headers['etag']).toMatch(/^"/);
  });

  test('is no longer sent when the file has changed', async () => {
    const send = await start({ memoryLimit: 0 });
    await eventually(async () => {
      expect((await send('/s/large.bin', [], 'HEAD')).headers['repr-digest']).toBe(digestOf(LARGE));
    });
    put(join(folder, 'large.bin'), LARGE.subarray(1));
    expect((await send('/s/large.bin', [], 'HEAD')).headers).not.toHaveProperty('repr-digest');
  });
});
