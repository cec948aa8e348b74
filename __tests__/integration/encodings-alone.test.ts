import { mkdirSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { SharedDataMiddleware, type Exports, type FileLookup, type SharedDataOptions } from '../../src/index';
import { folderWith, put } from '../support/files';
import { app, rawRequest, serve, type RawAnswer } from '../support/server';

const folder = folderWith(
  {
    'data.js.br': 'in brotli',
    'data.js.gz': 'in gzip',
    'zip.js.gz': 'in gzip',
    'twice.js.gz.br': 'never',
    'docs/index.html.br': 'index in brotli',
    'about.html.br': 'about in brotli',
    'both.html.br': 'in brotli',
    'both.htm': 'the original',
    'backup/a.txt': 'a',
    'backup.gz': 'an archive',
    '.env.br': 'secret',
    'ex.js.br/a.txt': 'a',
    'node_modules/pkg/dist/lib.js.br': 'of a package',
  },
  new Date(1.7e12),
);
const outside = folderWith({ 'secret.js': 'secret', 'secret.js.br': 'secret' });
symlinkSync(join(outside, 'secret.js'), join(folder, 'linked.js'));
symlinkSync('nothing', join(folder, 'dangling.js'));
for (const name of ['linked.js.br', 'dangling.js.br']) put(join(folder, name), 'in brotli');
symlinkSync(join(outside, 'secret.js.br'), join(folder, 'out.js.br'));
mkdirSync(join(folder, 'folder.js'));
put(join(folder, 'folder.js.br'), 'in brotli');

const INDEX: SharedDataOptions = { index: 'index.html', extensions: ['html', 'htm'] };

async function request(
  target: string,
  acceptEncoding: string | null,
  options: SharedDataOptions = {},
  method = 'GET',
  Middleware = SharedDataMiddleware,
  exports: Exports = { '/s': folder },
): Promise<RawAnswer> {
  const shared = new Middleware(app, exports, { precompressed: true, ...options });
  const { port } = await serve(shared.listener);
  return rawRequest(
    port,
    method,
    target,
    acceptEncoding === null ? [] : [['Accept-Encoding', acceptEncoding]],
  );
}

/** The content, or `next` if the application has responded. */
function outcome({ status, headers, body }: RawAnswer): string {
  return headers['x-app'] === '1' ? 'next' : `${status} ${headers['location'] ?? body.toString()}`;
}

describe('a stored encoding without its original', () => {
  test.each([
    ['br', 'br', '200 in brotli'],
    ['gzip, br', 'br', '200 in brotli'],
    ['gzip', 'gzip', '200 in gzip'],
    ['br;q=0.1, gzip', 'gzip', '200 in gzip'],
    ['identity, br;q=0.5', 'br', '200 in brotli'],
    ['identity;q=0, br', 'br', '200 in brotli'],
  ])('is sent for Accept-Encoding: %s with the type of its original', async (accept, coding, expected) => {
    const answer = await request('/s/data.js', accept);
    expect(outcome(answer)).toBe(expected);
    expect(answer.headers).toMatchObject({
      'content-type': 'text/javascript; charset=utf-8',
      'content-encoding': coding,
      vary: 'Accept-Encoding',
      etag: expect.stringMatching(new RegExp(`-${coding}"$`)) as string,
    });
  });

  test.each([null, '', 'identity', 'zstd', 'br;q=0, gzip;q=0', 'identity;q=0'])(
    'is not there for Accept-Encoding: %s',
    async (accept) => {
      expect(outcome(await request('/s/data.js', accept))).toBe('next');
    },
  );

  test('is not there without precompressed, or with other codings only', async () => {
    expect(outcome(await request('/s/data.js', 'br', { precompressed: false }))).toBe('next');
    expect(outcome(await request('/s/zip.js', 'gzip', { precompressed: ['br'] }))).toBe('next');
  });

  test.each([
    ['/s/docs/', '200 index in brotli'],
    ['/s/docs', '308 ./docs/'],
    ['/s/about', '200 about in brotli'],
    ['/s/both', '200 the original'],
    ['/s/twice.js.gz', 'next'],
    ['/s/twice.js', 'next'],
    ['/s', 'next'],
  ])('is that of an index and of an omitted extension: %s', async (target, expected) => {
    expect(outcome(await request(target, 'br, gzip', INDEX))).toBe(expected);
    if (expected !== '200 the original') expect(outcome(await request(target, null, INDEX))).toBe('next');
  });

  test.each(['/s/backup', '/s/linked.js', '/s/dangling.js', '/s/folder.js', '/s/ex.js'])(
    'is not sent for %s if a directory or link has the name of the original',
    async (target) => {
      expect(outcome(await request(target, 'br, gzip', { symlinks: 'inside' }))).toBe('next');
      if (target !== '/s/linked.js') expect(outcome(await request(target, 'br, gzip'))).toBe('next');
    },
  );

  test('is not sent if it is a dotfile, or a link out of the directory', async () => {
    expect(outcome(await request('/s/.env', 'br'))).toBe('next');
    expect(outcome(await request('/s/.env', 'br', { dotfiles: 'allow' }))).toBe('200 secret');
    expect((await request('/s/.env', 'br', { dotfiles: 'deny' })).status).toBe(403);
    expect(outcome(await request('/s/out.js', 'br', { symlinks: 'inside' }))).toBe('next');
    expect(outcome(await request('/s/out.js', 'br'))).toBe('200 secret');
  });

  test.each([
    ['data.js', 'next'],
    ['*.br', 'next'],
    ['/data.js', 'next'],
    ['/data.js.br', 'next'],
    ['*.gz', '200 in brotli'],
    ['data.js.zst', '200 in brotli'],
  ])('is denied by its name and by that of its original, with disallow: %s', async (disallow, expected) => {
    expect(outcome(await request('/s/data.js', 'br, gzip', { disallow }))).toBe(expected);
  });

  test('is denied by isAllowed, which gets both names', async () => {
    const seen: unknown[] = [];
    class Some extends SharedDataMiddleware {
      override async isAllowed(
        filename: string,
        { path, request: { method } }: FileLookup,
      ): Promise<boolean> {
        seen.push([filename, path, method]);
        return Promise.resolve(filename !== 'data.js');
      }
    }
    expect(outcome(await request('/s/data.js', 'br', {}, 'GET', Some))).toBe('next');
    expect(seen).toEqual([
      ['data.js.br', 'data.js.br', 'GET'],
      ['data.js', 'data.js', 'GET'],
    ]);
  });

  test('is found by POST, HEAD and conditions as other files are', async () => {
    const shared = new SharedDataMiddleware(
      null,
      { '/s': folder },
      { precompressed: true, disallow: '*.gz' },
    );
    const { port } = await serve(shared.listener);
    const send = (method: string, coding: string, ...more: [string, string][]): Promise<RawAnswer> =>
      rawRequest(port, method, '/s/data.js', [['Accept-Encoding', coding], ...more]);
    expect([(await send('POST', 'br')).status, (await send('POST', 'gzip')).status]).toEqual([405, 404]);
    const { status, headers } = await send('HEAD', 'br');
    expect([status, headers['content-encoding'], headers['content-length']]).toEqual([200, 'br', '9']);
    expect((await send('GET', 'br', ['If-None-Match', headers['etag'] ?? ''])).status).toBe(304);
    expect((await send('GET', 'br', ['Range', 'bytes=3-5'])).body.toString()).toBe('bro');
  });

  test('gives way to the file of another export for clients that do not accept it', async () => {
    const exports: Exports = [
      ['/s', folder],
      ['/s', folderWith({ 'data.js': 'the original' })],
    ];
    const send = async (accept: string): Promise<string> =>
      outcome(await request('/s/data.js', accept, {}, 'GET', SharedDataMiddleware, exports));
    expect([await send('br'), await send('identity')]).toEqual(['200 in brotli', '200 the original']);
  });

  test('is sent from a package, and for a request in another form', async () => {
    const options = { resolveFrom: folder };
    const exports: Exports = { '/p': ['pkg', 'dist'] };
    const answer = await request('/p/lib.js', 'br', options, 'GET', SharedDataMiddleware, exports);
    expect(outcome(answer)).toBe('200 of a package');
    expect(outcome(await request('/s/d%61ta.js', 'br'))).toBe('200 in brotli');
  });

  test.each(['sync', 'async'] as const)(
    'gives way to the original from the next request on, with io: %s',
    async (io) => {
      const changing = folderWith({ 'a.js.br': 'in brotli' }, new Date(1.7e12));
      const shared = new SharedDataMiddleware(app, { '/s': changing }, { precompressed: true, io });
      const { port } = await serve(shared.listener);
      const send = async (accept: string): Promise<string> =>
        outcome(await rawRequest(port, 'GET', '/s/a.js', [['Accept-Encoding', accept]]));
      expect(await send('br')).toBe('200 in brotli');
      put(join(changing, 'a.js'), 'the original');
      expect([await send('br'), await send('gzip')]).toEqual(['200 the original', '200 the original']);
    },
  );

  test('that is the index of a directory is named by Vary on the page that other clients get', async () => {
    const varyOf = async (options: SharedDataOptions): Promise<string | undefined> =>
      (await request('/s/docs/', 'gzip', { listing: true, ...options })).headers['vary'];
    expect(await varyOf(INDEX)).toBe('Accept-Encoding');
    expect(await varyOf({ listing: () => 'a page', ...INDEX })).toBe('Accept-Encoding');
    expect(await varyOf({ ...INDEX, precompressed: false })).toBeUndefined();
    expect(await varyOf({})).toBeUndefined();
  });

  test('is left to a proxy that sends the files', async () => {
    const sendfile = { header: 'X-Accel-Redirect', from: folder, to: '/internal' };
    expect(outcome(await request('/s/data.js', 'br', { sendfile }))).toBe('next');
  });
});
