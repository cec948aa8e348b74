import type { AddressInfo } from 'node:net';
import { createReadStream } from 'node:fs';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { setTimeout as delay } from 'node:timers/promises';
import {
  SharedDataMiddleware,
  type Exports,
  type FileLookup,
  type SharedDataOptions,
} from '../../../src/index';
import { folderWith } from '../../support/files';
import { collectGarbage } from '../../support/garbage';
import { eventually, openDescriptors } from '../../support/process';
import { app } from '../../support/server';
import { sendAndDisconnect, sendRequest, type ClientResponse, type RequestOptions } from './support/client';
import { frameworks, type ListeningServer } from './support/frameworks';

const LARGE = Buffer.alloc(20_000_000, 'shared data ');
const OLD_MTIME = new Date(1.7e12);

const folder = folderWith(
  {
    'a.txt': 'content',
    'empty.txt': '',
    'large.bin': LARGE,
    'docs/index.html': 'docs',
    'a.js': 'as it is',
    'a.js.gz': 'gz',
  },
  OLD_MTIME,
);

const testExports: Exports = {
  '/s': folder,
  '/refused': () => {
    throw Object.assign(new Error('out of tea'), { status: 418 });
  },
  '/broken': () => Promise.reject(new Error('a bug')),
  '/exhausted': () => {
    throw Object.assign(new Error(`EMFILE: too many open files, open '${folder}'`), { code: 'EMFILE' });
  },
  '/fails-at-once': () => [
    'fails.bin',
    () => ({
      mtime: OLD_MTIME,
      size: 1_000_000,
      read: () => createReadStream(join(folder, 'private-name')),
    }),
  ],
  // eslint-disable-next-line @typescript-eslint/prefer-promise-reject-errors -- loaders can do this
  '/null': () => Promise.reject(null),
  '/fails-to-close': () => [
    'a.bin',
    () => ({
      mtime: OLD_MTIME,
      size: 100_000,
      read: () => Readable.from([Buffer.alloc(100_000)]),
      close: () => Promise.reject(Object.assign(new Error('ENOTCONN'), { code: 'ENOTCONN' })),
    }),
  ],
  '/fails': () => [
    'fails.bin',
    () => ({
      mtime: OLD_MTIME,
      size: 1_000_000,
      read: () =>
        Readable.from(
          (async function* () {
            // @hono/node-server reads two chunks before it sends the status.
            for (let chunks = 0; chunks < 5; chunks++) {
              yield Buffer.alloc(100_000);
              await new Promise(setImmediate);
            }
            throw new Error('the disk is gone');
          })(),
        ),
    }),
  ],
};

/** Decides after 20 milliseconds, as a look-up of a session does. */
class SlowAccessCheck extends SharedDataMiddleware {
  override async isAllowed(): Promise<boolean> {
    await delay(20);
    return true;
  }
}

class AsyncAccessCheck extends SharedDataMiddleware {
  override async isAllowed(filename: string, { request }: FileLookup): Promise<boolean> {
    await new Promise(setImmediate);
    return request.headers['x-secret'] === undefined;
  }
  override setHeaders(headers: Headers): void {
    headers.set('X-Mine', 'yes');
  }
}

// The clock is ahead, so that the files are older than the racy window.
const { now } = Date;
beforeAll(() => jest.spyOn(Date, 'now').mockImplementation(() => now() + 10_000));
afterAll(() => jest.restoreAllMocks());

const OPTIONS: SharedDataOptions = { index: 'index.html', precompressed: true };

describe.each(Object.entries(frameworks))('in %s', (_name, { protocol, start }) => {
  let server: ListeningServer;
  let get: (path: string, options?: RequestOptions) => Promise<ClientResponse>;
  let disconnect: (path: string, options: { count?: number; milliseconds: number }) => Promise<void>;

  async function startServer(shared: SharedDataMiddleware): Promise<void> {
    server = await start(shared);
    const { port } = server.address() as AddressInfo;
    get = (path, options) => sendRequest(protocol, port, path, options);
    disconnect = (path, options) => sendAndDisconnect(protocol, port, path, options);
  }

  const failures: unknown[] = [];
  const onFailure = (error: unknown): void => void failures.push(error);

  beforeAll(() => {
    process.on('unhandledRejection', onFailure).on('uncaughtException', onFailure);
  });

  afterAll(() => {
    process.off('unhandledRejection', onFailure).off('uncaughtException', onFailure);
  });

  afterEach(async () => {
    expect(failures.splice(0)).toEqual([]);
    if ('closeAllConnections' in server) server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  });

  describe('the middleware', () => {
    beforeEach(() => startServer(new SharedDataMiddleware(app, testExports, OPTIONS)));

    test('responds 200 with the whole file', async () => {
      const { status, headers, body } = await get('/s/a.txt?query');
      expect([status, body.toString()]).toEqual([200, 'content']);
      expect(headers).toMatchObject({
        'content-length': '7',
        'content-type': 'text/plain; charset=utf-8',
        'cache-control': 'max-age=43200, public',
        'accept-ranges': 'bytes',
        'last-modified': OLD_MTIME.toUTCString(),
        vary: 'Accept-Encoding',
      });
      expect(headers.etag).toMatch(/^"[^"]+"$/);
      expect(headers['x-app']).toBeUndefined();
    });

    test.each(['/s/missing', '/', '/s', '/s/', '/elsewhere/a.txt'])(
      'leaves %s to the application',
      async (path) => {
        const { status, headers, body } = await get(path);
        expect([status, headers['x-app'], body.toString()]).toEqual([404, '1', 'APP\n']);
      },
    );

    test('leaves POST to the application', async () => {
      expect((await get('/s/a.txt', { method: 'POST' })).status).toBe(404);
    });

    test('responds 304 to If-None-Match with the current ETag', async () => {
      const { headers } = await get('/s/a.txt');
      const again = await get('/s/a.txt', { headers: { 'If-None-Match': headers.etag ?? '' } });
      expect([again.status, again.body.length, again.headers.etag]).toEqual([304, 0, headers.etag]);
      expect(again.headers['content-type']).toBeUndefined();
    });

    test.each([
      ['a small range', '/s/a.txt', 'bytes=2-4', 'content'.slice(2, 5)],
      ['a small range of a large file', '/s/large.bin', 'bytes=12-22', 'shared data'],
    ])('responds 206 with %s', async (_what, path, Range, text) => {
      const { status, body, headers } = await get(path, { headers: { Range } });
      expect([status, body.toString(), headers['content-length']]).toEqual([206, text, String(text.length)]);
    });

    test('responds 206 with a large range', async () => {
      const { status, body } = await get('/s/large.bin', { headers: { Range: 'bytes=1000001-15000000' } });
      expect([status, body.equals(LARGE.subarray(1_000_001, 15_000_001))]).toEqual([206, true]);
    });

    test('responds 206 with several ranges in a multipart body', async () => {
      const { status, body, headers } = await get('/s/large.bin', { headers: { Range: 'bytes=0-1,12-13' } });
      expect([status, String(body.length)]).toEqual([206, headers['content-length']]);
      expect(headers['content-type']).toMatch(/^multipart\/byteranges/);
    });

    test('responds 416 to a range beyond the end', async () => {
      const { status, headers } = await get('/s/a.txt', { headers: { Range: 'bytes=99-' } });
      expect([status, headers['content-range']]).toEqual([416, 'bytes */7']);
    });

    test.each(['/s/a.txt', '/s/large.bin', '/s/empty.txt', '/s/docs'])(
      'responds to HEAD %s as to GET, without content',
      async (path) => {
        const [head, whole] = [await get(path, { method: 'HEAD' }), await get(path)];
        const fields: Partial<typeof whole.headers> = { ...whole.headers };
        for (const name of ['date', 'expires', 'connection', 'keep-alive'])
          Reflect.deleteProperty(fields, name);
        expect(head.status).toBe(whole.status);
        expect(head.headers).toMatchObject(fields);
        expect(head.body.length).toBe(0);
      },
    );

    test('sends a large file byte for byte', async () => {
      const { body, headers, isComplete } = await get('/s/large.bin');
      expect([isComplete, body.equals(LARGE), headers['content-length']]).toEqual([true, true, '20000000']);
    });

    test('responds 200 with Content-Length: 0 for an empty file', async () => {
      const { status, headers, body } = await get('/s/empty.txt');
      expect([status, headers['content-length'], body.length]).toEqual([200, '0', 0]);
    });

    test('sends a stored encoding to a client that accepts it', async () => {
      const { headers, body } = await get('/s/a.js', { headers: { 'Accept-Encoding': 'gzip' } });
      expect([headers['content-encoding'], body.toString()]).toEqual(['gzip', 'gz']);
    });

    test('redirects a directory to its trailing slash and serves its index', async () => {
      const { status, headers } = await get('/s/docs');
      expect([status, headers.location]).toEqual([308, './docs/']);
      expect((await get('/s/docs/')).body.toString()).toBe('docs');
    });

    test.each([
      ['/refused/a', 418],
      ['/broken/a', 500],
      ['/exhausted/a', 503],
    ])('converts the error of %s to a %d without paths', async (path, expected) => {
      const { status, body } = await get(path);
      expect(status).toBe(expected);
      expect(body.toString()).not.toContain(folder);
    });

    test('never sends a stream that fails at once as a complete response, or its path', async () => {
      const answer = await get('/fails-at-once/a').catch(() => undefined);
      expect(answer?.isComplete === true && answer.status === 200).toBe(false);
      expect(answer?.body.toString() ?? '').not.toContain('private-name');
      expect(answer?.status === 500 ? answer.headers.etag : undefined).toBeUndefined();
    });

    test('responds 500 if null is thrown', async () => {
      expect((await get('/null/a')).status).toBe(500);
    });

    test('closes the connection early if a stream fails during the response', async () => {
      const { status, body, isComplete } = await get('/fails/a');
      expect([status, isComplete]).toEqual([200, false]);
      expect(body.length).toBeLessThan(1_000_000);
    });

    test('closes the files of clients that disconnect during a download', async () => {
      await get('/s/large.bin');
      const before = openDescriptors();
      await Promise.all(
        [1, 100_000, 2_000_000, 9_000_000].map((abortAfter) => get('/s/large.bin', { abortAfter })),
      );
      await eventually(() => {
        expect(openDescriptors()).toBeLessThanOrEqual(before);
      });
    });
  });

  /** Expects that no file is open that was not open before. */
  async function expectNoOpenFile(before: number): Promise<void> {
    await eventually(() => {
      collectGarbage();
      expect(openDescriptors()).toBeLessThanOrEqual(before);
    }, 10);
  }

  test('survives a client that disconnects while isAllowed waits, and opens no file for it', async () => {
    await startServer(new SlowAccessCheck(app, testExports, OPTIONS));
    expect((await get('/s/large.bin')).body.equals(LARGE)).toBe(true);
    const before = openDescriptors();
    for (const milliseconds of [5, 15, 25]) await disconnect('/s/large.bin', { milliseconds });
    await expectNoOpenFile(before);
    expect((await get('/s/a.txt')).status).toBe(200);
  });

  test.each([1, 100])(
    'closes the files of %d pipelined requests whose client reads nothing and disconnects',
    async (count) => {
      await startServer(new SharedDataMiddleware(app, testExports, OPTIONS));
      expect((await get('/s/large.bin')).body.equals(LARGE)).toBe(true);
      const before = openDescriptors();
      await disconnect('/s/large.bin', { count, milliseconds: 300 });
      await expectNoOpenFile(before);
      expect((await get('/s/a.txt')).status).toBe(200);
    },
  );

  test('survives an error of close, and sends the whole response', async () => {
    await startServer(new SharedDataMiddleware(app, testExports, OPTIONS));
    const { status, body, isComplete } = await get('/fails-to-close/a');
    expect([status, body.length, isComplete]).toEqual([200, 100_000, true]);
    await new Promise(setImmediate);
    expect((await get('/s/a.txt')).status).toBe(200);
  });

  test('a subclass can override isAllowed asynchronously and set headers', async () => {
    await startServer(new AsyncAccessCheck(app, testExports, OPTIONS));
    const { status, headers } = await get('/s/a.txt');
    expect([status, headers['x-mine']]).toEqual([200, 'yes']);
    expect((await get('/s/large.bin')).body.equals(LARGE)).toBe(true);
    expect((await get('/s/a.txt', { headers: { 'X-Secret': '1' } })).status).toBe(404);
  });
});
