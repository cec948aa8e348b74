import { chmodSync, mkdirSync, rmSync } from 'node:fs';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import {
  SharedDataMiddleware,
  type LoaderResult,
  type Loader,
  type OpenedFile,
  type Opener,
} from '../../src/index';
import { folderWith, put } from '../support/files';
import { eventually, openDescriptors, unprivileged } from '../support/process';
import { app, rawRequest, serve, type RawAnswer } from '../support/server';
import { silenceErrors } from '../support/stderr';

silenceErrors();

const folder = folderWith({ 'a.txt': 'a' });

function failing(properties: object): Loader {
  return () => {
    throw Object.assign(new Error(`secret ${folder}`), properties);
  };
}

async function get(loader: Loader, method = 'GET'): Promise<RawAnswer> {
  const { port } = await serve(new SharedDataMiddleware(app, { '/s': loader }).listener);
  return rawRequest(port, method, '/s/a.txt');
}

describe('an error thrown by a loader', () => {
  test.each<[object, number]>([
    [{ status: 404 }, 404],
    [{ statusCode: 410 }, 410],
    [{ status: 599 }, 599],
    [{ code: 'EACCES' }, 403],
    [{ code: 'EPERM' }, 403],
    [{ code: 'EMFILE' }, 503],
    [{ code: 'ENOTCONN' }, 503],
    [{ code: 'ENFILE' }, 503],
    [{ code: 'EIO' }, 500],
    [{}, 500],
    [{ status: 200 }, 500],
    [{ status: 600 }, 500],
    [{ status: '404' }, 500],
    [{ status: 404.5 }, 500],
  ])('with the properties %j responds %d', async (properties, status) => {
    const answer = await get(failing(properties));
    expect(answer.status).toBe(status);
    expect(answer.headers).toMatchObject({
      'cache-control': 'no-store',
      'content-type': 'text/plain; charset=utf-8',
    });
    expect(answer.headers['retry-after']).toBe(status === 503 ? '1' : undefined);
    expect(answer.body.length).toBe(Number(answer.headers['content-length']));
    expect(answer.body.toString()).not.toContain(folder);
  });

  test('responds to HEAD without a body', async () => {
    const { status, headers, body } = await get(failing({}), 'HEAD');
    expect([status, headers['content-length'], body.length]).toEqual([500, '22', 0]);
  });

  test('can be a rejection, even without an Error', async () => {
    expect((await get(() => Promise.reject(Object.assign(new Error(), { status: 418 })))).status).toBe(418);
    // eslint-disable-next-line @typescript-eslint/prefer-promise-reject-errors -- loaders can do this
    expect((await get(() => Promise.reject())).status).toBe(500);
  });

  test('replaces Cache-Control and keeps unrelated headers that were set before', async () => {
    const shared = new SharedDataMiddleware(app, { '/s': failing({}) });
    const { port } = await serve((req, res) => {
      res.setHeader('Cache-Control', 'max-age=1000');
      res.setHeader('X-Kept', '1');
      shared.listener(req, res);
    });
    expect((await rawRequest(port, 'GET', '/s/a')).headers).toMatchObject({
      'cache-control': 'no-store',
      'x-kept': '1',
    });
  });
});

describe('an invalid loader result responds 500:', () => {
  const file: OpenedFile = { mtime: new Date(0), size: 3, read: () => Buffer.from('abc') };

  test.each<[string, unknown]>([
    ['a string', 'a.txt'],
    ['an empty array', []],
    ['a file name that is not a string', [1, () => file]],
    ['an opener that is not a function', ['a.txt', file]],
    ['an opener that returns undefined', ['a.txt', () => undefined]],
    ['an mtime that is not a Date', ['a.txt', () => ({ ...file, mtime: 5 })]],
    ['an invalid mtime', ['a.txt', () => ({ ...file, mtime: new Date(NaN) })]],
    ['a negative size', ['a.txt', () => ({ ...file, size: -1 })]],
    ['headers that are no object', ['a.txt', () => ({ ...file, headers: 'x' })]],
    ['headers with another field', ['a.txt', () => ({ ...file, headers: { 'x-own': 'x' } })]],
    ['headers with another type', ['a.txt', () => ({ ...file, headers: { 'content-type': 1 } })]],
    ['headers with a line break', ['a.txt', () => ({ ...file, headers: { 'content-type': 'a\r\nb: c' } })]],
    ['a read that is not a function', ['a.txt', () => ({ ...file, read: 'abc' })]],
    ['content that is a string', ['a.txt', () => ({ ...file, read: () => 'abc' })]],
    ['content of another length', ['a.txt', () => ({ ...file, read: () => Buffer.from('ab') })]],
  ])('%s', async (_name, result) => {
    expect((await get(() => result as LoaderResult)).status).toBe(500);
  });

  test('except undefined, which means not found and responds 404', async () => {
    expect((await get(() => undefined as unknown as null)).status).toBe(404);
  });
});

describe('a file that cannot be read', () => {
  test('responds 403', async () => {
    const unreadable = folderWith({ 'a.txt': 'a', 'sub/b.txt': 'b' });
    chmodSync(unreadable, 0o755);
    chmodSync(join(unreadable, 'a.txt'), 0);
    chmodSync(join(unreadable, 'sub'), 0);
    const { port } = await serve(new SharedDataMiddleware(app, { '/s': unreadable }).listener);
    await unprivileged(async () => {
      expect((await rawRequest(port, 'GET', '/s/a.txt')).status).toBe(403);
      expect((await rawRequest(port, 'GET', '/s/sub/b.txt')).status).toBe(403);
    });
  });

  test('because of its encoding only is sent in another one', async () => {
    const encoded = folderWith({ 'a.txt': 'a', 'a.txt.br': 'br', 'a.txt.gz': 'gz', 'alone.txt.br': 'br' });
    chmodSync(encoded, 0o755);
    chmodSync(join(encoded, 'a.txt.br'), 0);
    chmodSync(join(encoded, 'alone.txt.br'), 0);
    const shared = new SharedDataMiddleware(app, { '/s': encoded }, { precompressed: true });
    const { port } = await serve(shared.listener);
    const get = (path: string, codings: string): Promise<RawAnswer> =>
      rawRequest(port, 'GET', path, [['Accept-Encoding', codings]]);
    await unprivileged(async () => {
      expect(await get('/s/a.txt', 'br, gzip')).toMatchObject({ status: 200, body: Buffer.from('gz') });
      expect(await get('/s/a.txt', 'br')).toMatchObject({ status: 200, body: Buffer.from('a') });
      expect(await get('/s/a.txt', 'br, identity;q=0')).toMatchObject({ status: 406 });
      expect(await get('/s/alone.txt', 'br')).toMatchObject({ status: 403 });
    });
  });

  test('because it was deleted after the lookup is passed to the application', async () => {
    class Racing extends SharedDataMiddleware {
      override opener(filename: string): Opener {
        const open = super.opener(filename);
        return async () => {
          await new Promise(setImmediate);
          rmSync(filename);
          if (filename.endsWith('folder')) mkdirSync(filename);
          return open();
        };
      }
    }
    const racing = folderWith({ 'a.txt': 'a', folder: 'f' });
    const { port } = await serve(new Racing(app, { '/s': racing }).listener);
    expect((await rawRequest(port, 'GET', '/s/a.txt')).headers['x-app']).toBe('1');
    expect((await rawRequest(port, 'GET', '/s/folder')).headers['x-app']).toBe('1');
  });

  test('because its name is too long or below a file is passed to the application', async () => {
    const { port } = await serve(new SharedDataMiddleware(app, { '/s': folder }).listener);
    expect((await rawRequest(port, 'GET', `/s/${'a'.repeat(300)}`)).headers['x-app']).toBe('1');
    expect((await rawRequest(port, 'GET', '/s/a.txt/b')).headers['x-app']).toBe('1');
  });
});

describe('a stream that fails during the response', () => {
  function streaming(size: number, read: () => Readable): Loader {
    return () => ['a.txt', () => ({ mtime: new Date(0), size, read })];
  }

  test.each<[string, () => Readable]>([
    [
      'with an error',
      () =>
        new Readable({
          read() {
            this.push('abc');
            setImmediate(() => this.destroy(new Error('broken')));
          },
        }),
    ],
    ['by ending early', () => Readable.from([Buffer.from('abc')])],
    ['by being too long', () => Readable.from([Buffer.from('abc'), Buffer.from('defghijkl')])],
  ])('%s closes the connection before Content-Length is reached', async (_how, read) => {
    const { status, headers, body } = await get(streaming(8, read));
    expect([status, headers['content-length']]).toEqual([200, '8']);
    expect(body.length).toBeLessThan(8);
  });
});

describe('the application', () => {
  test('that throws or rejects makes handle reject with the same error', async () => {
    const error = new Error('of the application');
    const shared = new SharedDataMiddleware(
      () => {
        throw error;
      },
      { '/s': folder },
    );
    const rejections: unknown[] = [];
    const { port } = await serve((req, res) => {
      shared.handle(req, res).catch((reason: unknown) => {
        rejections.push(reason);
        res.end();
      });
    });
    await rawRequest(port, 'GET', '/other');
    shared.app = () => Promise.reject(error);
    await rawRequest(port, 'POST', '/s/a.txt');
    expect(rejections).toEqual([error, error]);
  });
});

describe('handleError', () => {
  test('can be overridden', async () => {
    class Overridden extends SharedDataMiddleware {
      override async handleError(error: unknown, req: IncomingMessage, res: ServerResponse): Promise<void> {
        res.setHeader('X-Seen', (error as Error).message);
        await super.handleError(error, req, res);
      }
    }
    const loader = (): never => {
      throw Object.assign(new Error('sorry'), { status: 451 });
    };
    const { port } = await serve(new Overridden(app, { '/s': loader }).listener);
    const { status, headers } = await rawRequest(port, 'GET', '/s/a');
    expect([status, headers['x-seen']]).toEqual([451, 'sorry']);
  });

  test('that throws itself responds 500, or closes the connection if the response has begun', async () => {
    class Broken extends SharedDataMiddleware {
      override handleError(_error: unknown, _req: IncomingMessage, res: ServerResponse): void {
        if (this.cache) res.writeHead(200, { 'Content-Length': '5' }).write('abc');
        throw new Error('in the handler');
      }
    }
    const shared = new Broken(app, { '/s': failing({}) });
    const { port } = await serve(shared.listener);
    expect((await rawRequest(port, 'GET', '/s/a')).body.length).toBeLessThan(5);
    shared.cache = false;
    expect((await rawRequest(port, 'GET', '/s/a')).status).toBe(500);
  });

  test('does not change the status of a response that has begun', async () => {
    const loader: Loader = () => [
      'a.txt',
      () => ({
        mtime: new Date(0),
        size: 1,
        read: () => Buffer.from('a'),
        close: () => Promise.reject(new Error('at the end')),
      }),
    ];
    const { port } = await serve(new SharedDataMiddleware(app, { '/s': loader }).listener);
    expect((await rawRequest(port, 'GET', '/s/a')).status).toBe(200);
  });
});

describe('a client that disconnects', () => {
  test('destroys the stream and closes the file', async () => {
    const events: string[] = [];
    let resolveClosed: () => void = () => undefined;
    const closed = new Promise<void>((resolve) => (resolveClosed = resolve));
    const loader: Loader = () => [
      'a.txt',
      () => ({
        mtime: new Date(0),
        size: 1e9,
        read: () =>
          new Readable({
            read() {
              this.push(Buffer.alloc(65536));
            },
            destroy(error, done) {
              events.push('destroyed');
              done(error);
            },
          }),
        close: () => {
          events.push('closed');
          resolveClosed();
        },
      }),
    ];
    const { origin } = await serve(new SharedDataMiddleware(app, { '/s': loader }).listener);
    const controller = new AbortController();
    const response = await fetch(`${origin}/s/a`, { signal: controller.signal });
    controller.abort();
    await expect(response.arrayBuffer()).rejects.toThrow();
    await closed;
    expect(events).toEqual(['destroyed', 'closed']);
  });
});

test('a file on disk is closed after HEAD, a 304 and a 200', async () => {
  put(join(folder, 'big.bin'), Buffer.alloc(500_000, 1));
  const shared = new SharedDataMiddleware(app, { '/s': folder }, { memoryLimit: 0 });
  const { port } = await serve(shared.listener);
  await rawRequest(port, 'GET', '/s/big.bin');
  const before = openDescriptors();
  const { headers } = await rawRequest(port, 'HEAD', '/s/big.bin');
  const date: [string, string] = ['If-Modified-Since', headers['last-modified'] ?? ''];
  expect((await rawRequest(port, 'GET', '/s/big.bin', [date])).status).toBe(304);
  expect((await rawRequest(port, 'GET', '/s/big.bin')).body.length).toBe(500_000);
  await eventually(() => {
    expect(openDescriptors()).toBeLessThanOrEqual(before);
  });
});
