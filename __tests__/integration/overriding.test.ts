import { join } from 'node:path';
import { Readable } from 'node:stream';
import { setImmediate as nextTurn } from 'node:timers/promises';
import {
  SharedDataMiddleware,
  type FileLookup,
  type Loader,
  type Opener,
  type SharedDataOptions,
  type SharedFile,
  type SharedRequest,
} from '../../src/index';
import { folderWith } from '../support/files';
import { app, rawRequest, serve, type RawAnswer } from '../support/server';
import { silenceErrors } from '../support/stderr';

silenceErrors();

const folder = folderWith({ 'a.txt': 'aaa', 'sub/b.txt': 'bb' });

async function get(
  shared: SharedDataMiddleware,
  target: string,
  headers: [string, string][] = [],
): Promise<RawAnswer> {
  const { port } = await serve(shared.listener);
  return rawRequest(port, 'GET', target, headers);
}

describe('isAllowed', () => {
  test('receives the base name and the lookup of the file', async () => {
    const seen: unknown[] = [];
    class Some extends SharedDataMiddleware {
      override isAllowed(filename: string, { prefix, path, request }: FileLookup): boolean {
        seen.push([filename, prefix, path, request.headers['x-user']]);
        return filename !== 'a.txt';
      }
    }
    const shared = new Some(app, { '/s': folder });
    expect((await get(shared, '/s/a.txt')).body.toString()).toBe('APP\n');
    expect((await get(shared, '/s/sub/b.txt', [['X-User', 'me']])).body.toString()).toBe('bb');
    expect(seen).toEqual([
      ['a.txt', '/s', 'a.txt', undefined],
      ['b.txt', '/s', 'sub/b.txt', 'me'],
    ]);
  });

  test('can be asynchronous', async () => {
    class Slow extends SharedDataMiddleware {
      override async isAllowed(filename: string, lookup: FileLookup): Promise<boolean> {
        await nextTurn();
        return filename === 'a.txt' && (await super.isAllowed(filename, lookup));
      }
    }
    const shared = new Slow(app, { '/s': folder });
    expect((await get(shared, '/s/a.txt')).body.toString()).toBe('aaa');
    expect((await get(shared, '/s/sub/b.txt')).body.toString()).toBe('APP\n');
  });

  test.each(['/secret.js', '/secret.js/', '/secret.js/other.txt'])(
    'gets no path for an exported file, whatever follows its prefix: %s',
    async (target) => {
      const lookups: unknown[] = [];
      class Watching extends SharedDataMiddleware {
        override isAllowed(filename: string, { prefix, path }: FileLookup): boolean {
          lookups.push([filename, prefix, path]);
          return false;
        }
      }
      const exports = { '/secret.js': join(folder, 'a.txt') };
      await get(new Watching(app, exports), target);
      expect(lookups).toEqual([['a.txt', '/secret.js', null]]);
      const denied = await get(new SharedDataMiddleware(app, exports, { disallow: '/a.txt' }), target);
      expect(denied.headers['x-app']).toBe('1');
    },
  );

  test('is not called if disallow is set, as in Werkzeug', async () => {
    class None extends SharedDataMiddleware {
      override isAllowed(): boolean {
        return false;
      }
    }
    const shared = new None(
      app,
      { '/s': folder, '/b': `${folder}/sub/b.txt` },
      { disallow: ['a.*', 'sub/'] },
    );
    expect((await get(shared, '/s/a.txt')).body.toString()).toBe('APP\n');
    expect((await get(shared, '/s/sub/b.txt')).body.toString()).toBe('APP\n');
    expect((await get(shared, '/b')).body.toString()).toBe('bb');
  });
});

describe('the overridable loader methods', () => {
  test('are called by the constructor with all parts of the export', () => {
    const calls: unknown[] = [];
    class Recorded extends SharedDataMiddleware {
      override getFileLoader(filename: string): Loader {
        calls.push(['file', filename]);
        return super.getFileLoader(filename);
      }
      override getDirectoryLoader(directory: string): Loader {
        calls.push(['directory', directory]);
        return super.getDirectoryLoader(directory);
      }
      override getPackageLoader(packageName: string, packagePath: string, ...more: string[]): Loader {
        calls.push(['package', packageName, packagePath, ...more]);
        return () => null;
      }
    }
    const file = `${folder}/a.txt`;
    new Recorded(app, { '/f': file, '/d': folder, '/p': ['addons', 'static', 'extra'] });
    expect(calls).toEqual([
      ['file', file],
      ['directory', folder],
      ['package', 'addons', 'static', 'extra'],
    ]);
  });

  test.each<[string, SharedDataOptions]>([
    ['in memory', {}],
    ['on the disk', { memoryLimit: 0 }],
    ['that a proxy sends', { sendfile: { header: 'X-Sendfile', from: folder, to: '/' } }],
  ])('return openers of files that tell their path, for a file %s', async (_where, options) => {
    const paths: unknown[] = [];
    class Logged extends SharedDataMiddleware {
      override getDirectoryLoader(directory: string): Loader {
        const find = super.getDirectoryLoader(directory);
        return async (path, request) => {
          const found = await find(path, request);
          const file = await found?.[1]();
          paths.push(file?.filename);
          await file?.close?.();
          return found;
        };
      }
    }
    expect((await get(new Logged(app, { '/s': folder }, options), '/s/sub/b.txt')).status).toBe(200);
    expect(paths).toEqual([join(folder, 'sub/b.txt')]);
  });

  test('take an empty path for the working directory, which it is no export of', async () => {
    class FromHere extends SharedDataMiddleware {
      override getDirectoryLoader(): Loader {
        return super.getDirectoryLoader('');
      }
    }
    const shared = new FromHere(app, { '/s': folder });
    shared.exports.push(['/here', shared.getDirectoryLoader()]);
    for (const prefix of ['/s', '/here']) {
      expect((await get(shared, `${prefix}/package.json`)).body.toString()).toContain(
        'shared-data-middleware',
      );
      expect((await get(shared, `${prefix}/a.txt`)).body.toString()).toBe('APP\n');
    }
    expect(() => new SharedDataMiddleware(app, { '/s': '' })).toThrow("got ''");
  });

  test('open files with opener', async () => {
    class UpperCase extends SharedDataMiddleware {
      override opener(filename: string): Opener {
        const open = super.opener(filename);
        return async () => {
          const { mtime, size } = await open();
          return {
            mtime,
            size,
            read: (start, end) => Readable.from([Buffer.from('A'.repeat(end - start + 1))]),
          };
        };
      }
    }
    const shared = new UpperCase(app, { '/s': folder, '/f': `${folder}/a.txt` });
    expect((await get(shared, '/s/a.txt')).body.toString()).toBe('AAA');
    expect((await get(shared, '/f')).body.toString()).toBe('AAA');
  });
});

describe('generateEtag', () => {
  class Tagged extends SharedDataMiddleware {
    override async generateEtag(
      mtime: Date,
      fileSize: number,
      realFilename: string,
      content?: Uint8Array,
    ): Promise<string> {
      await nextTurn();
      return `tag-${fileSize}-${realFilename}-${content?.length ?? 'none'}`;
    }
  }

  test('can return an unquoted ETag, as in Werkzeug, and can be asynchronous', async () => {
    const { headers } = await get(new Tagged(app, { '/s': folder }), '/s/a.txt');
    expect(headers['etag']).toBe('"tag-3-a.txt-3"');
  });

  test('is called without the content for large files', async () => {
    const { headers } = await get(new Tagged(app, { '/s': folder }, { memoryLimit: 0 }), '/s/a.txt');
    expect(headers['etag']).toBe('"tag-3-a.txt-none"');
  });

  test('can return null, which disables ETag but not If-Modified-Since', async () => {
    class Untagged extends SharedDataMiddleware {
      override generateEtag(): null {
        return null;
      }
    }
    const shared = new Untagged(app, { '/s': folder });
    const { headers } = await get(shared, '/s/a.txt');
    expect(headers['etag']).toBeUndefined();
    const again = await get(shared, '/s/a.txt', [['If-Modified-Since', headers['last-modified'] ?? '']]);
    expect(again.status).toBe(304);
  });

  test('with an invalid return value responds 500 and injects no header', async () => {
    class Splitting extends SharedDataMiddleware {
      override generateEtag(): string {
        return 'a"\r\nX-Evil: 1';
      }
    }
    const { status, headers } = await get(new Splitting(app, { '/s': folder }), '/s/a.txt');
    expect(status).toBe(500);
    expect(headers['x-evil']).toBeUndefined();
  });

  test.each<[string, SharedDataOptions]>([
    ['in memory', {}],
    ['on disk', { memoryLimit: 0 }],
  ])('by default returns different ETags for two versions of a file %s', async (_where, options) => {
    const shared = new SharedDataMiddleware(
      app,
      { '/s': folderWith({ 'x.txt': 'one' }), '/t': folderWith({ 'x.txt': 'two' }) },
      options,
    );
    const one = (await get(shared, '/s/x.txt')).headers['etag'];
    expect(one).toMatch(/^(W\/)?"[^"]+"$/);
    expect((await get(shared, '/t/x.txt')).headers['etag']).not.toBe(one);
  });

  test('by default depends only on the content of a small file, not on its mtime', async () => {
    const bytes = { 'x.txt': 'the same' };
    const shared = new SharedDataMiddleware(app, {
      '/s': folderWith(bytes, new Date(1e12)),
      '/t': folderWith(bytes),
    });
    expect((await get(shared, '/s/x.txt')).headers['etag']).toBe(
      (await get(shared, '/t/x.txt')).headers['etag'],
    );
  });

  test('by default is weak for a loader that provides only mtime and size', async () => {
    const loader: Loader = () => [
      'x.txt',
      () => ({ mtime: new Date(5), size: 1, read: () => Buffer.from('x') }),
    ];
    const { headers } = await get(new SharedDataMiddleware(app, { '/s': loader }), '/s/x');
    expect(headers['etag']).toMatch(/^W\/"[^"]+"$/);
  });

  test('is not used if the loader provides an ETag', async () => {
    const loader: Loader = () => [
      'x.txt',
      () => ({ mtime: new Date(5), size: 1, etag: 'v7', read: () => Buffer.from('x') }),
    ];
    const { headers } = await get(new SharedDataMiddleware(app, { '/s': loader }), '/s/x');
    expect(headers['etag']).toBe('"v7"');
  });
});

describe('setHeaders', () => {
  test('can add, change and remove headers asynchronously, and receives the file', async () => {
    const seen: unknown[] = [];
    class Custom extends SharedDataMiddleware {
      override async setHeaders(headers: Headers, file: SharedFile, request: SharedRequest): Promise<void> {
        await nextTurn();
        seen.push([file.filename, file.path, file.size, file.mtime.getTime() > 0, request.method]);
        headers.set('Access-Control-Allow-Origin', '*');
        headers.set('Cache-Control', 'no-cache');
        headers.set('Content-Length', '1');
        headers.delete('Expires');
      }
    }
    const answer = await get(new Custom(app, { '/s': folder }), '/s/sub/b.txt');
    expect(seen).toEqual([['b.txt', 'sub/b.txt', 2, true, 'GET']]);
    expect(answer.headers).toMatchObject({
      'access-control-allow-origin': '*',
      'cache-control': 'no-cache',
      'content-length': '2',
      etag: expect.any(String) as string,
    });
    expect(answer.headers).not.toHaveProperty('expires');
    expect(answer.body.toString()).toBe('bb');
  });
});

describe('handle', () => {
  test('can be wrapped and resolves after the response has finished', async () => {
    const order: string[] = [];
    class Logged extends SharedDataMiddleware {
      override async handle(...[req, res]: Parameters<SharedDataMiddleware['handle']>): Promise<void> {
        res.setHeader('X-Logged', '1');
        res.on('finish', () => order.push('finished'));
        await super.handle(req, res);
        order.push('handled');
      }
    }
    const large = folderWith({ 'large.bin': Buffer.alloc(300_000) });
    const shared = new Logged(app, { '/s': large }, { memoryLimit: 0 });
    const { headers, body } = await get(shared, '/s/large.bin');
    expect([headers['x-logged'], body.length]).toEqual(['1', 300_000]);
    await nextTurn();
    expect(order).toEqual(['finished', 'handled']);
  });
});

test('changes of the public fields apply to the next request', async () => {
  const shared = new SharedDataMiddleware(app, { '/s': folderWith({ x: 'x' }) });
  const { port } = await serve(shared.listener);
  const fields = async (): Promise<unknown[]> => {
    const { headers } = await rawRequest(port, 'GET', '/s/x');
    return [headers['cache-control'], headers['content-type'], headers['etag'] !== undefined];
  };
  expect(await fields()).toEqual(['max-age=43200, public', 'application/octet-stream', true]);
  shared.cacheTimeout = 60;
  shared.fallbackMimetype = 'text/plain';
  expect(await fields()).toEqual(['max-age=60, public', 'text/plain; charset=utf-8', true]);
  shared.cache = false;
  expect(await fields()).toEqual(['public', 'text/plain; charset=utf-8', false]);
  shared.app = (_req, res) => {
    (res as { end(text: string): void }).end('another');
  };
  expect((await rawRequest(port, 'GET', '/')).body.toString()).toBe('another');
});
