import express from 'express';
import { writeFileSync } from 'node:fs';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { connect } from 'node:net';
import { join } from 'node:path';
import {
  SharedDataMiddleware,
  type DownloadOptions,
  type FileOptions,
  type SharedDataOptions,
  type SharedFile,
} from '../../src/index';
import { folderWith, put } from '../support/files';
import { eventually, openDescriptors } from '../support/process';
import { rawRequest, serve, type RawAnswer } from '../support/server';

const OLD_MTIME = new Date(1.7e12);
const root = folderWith(
  {
    'a.txt': 'content',
    'a.txt.gz': 'gz',
    'sub/b.txt': 'in a directory',
    'large.bin': Buffer.alloc(3_000_000, 'x'),
    'empty.txt': '',
    'alone.txt.gz': 'gz alone',
    '404.html': '<p>missing</p>',
  },
  OLD_MTIME,
);

afterEach(() => {
  jest.restoreAllMocks();
});

interface Sent {
  readonly filename: string;
  readonly options?: FileOptions;
  readonly middleware?: SharedDataOptions;
  readonly Middleware?: typeof SharedDataMiddleware;
  /** Runs before the file is sent. */
  readonly before?: (req: IncomingMessage, res: ServerResponse) => void;
}

/** What a client gets whose request a handler answers with a file. An error gets the text of its properties. */
async function sent(
  { filename, options, middleware, Middleware = SharedDataMiddleware, before }: Sent,
  headers: [string, string][] = [],
  method = 'GET',
): Promise<RawAnswer> {
  const shared = new Middleware(null, {}, middleware);
  const { port } = await serve((req, res) => {
    before?.(req, res);
    shared.sendFile(req, res, filename, options).catch((error: unknown) => {
      const { code, status, statusCode, message } = error as Record<string, unknown>;
      res.statusCode = 599;
      res.end(JSON.stringify({ code, status, statusCode, message }));
    });
  });
  return rawRequest(port, method, '/any/target', headers);
}

describe('a file that a handler sends', () => {
  test('has the content, type and validators of a file below an export, and a private lifetime', async () => {
    const { status, headers, body } = await sent({ filename: 'a.txt', options: { root } });
    expect([status, body.toString()]).toEqual([200, 'content']);
    expect(headers).toMatchObject({
      'content-type': 'text/plain; charset=utf-8',
      'content-length': '7',
      'last-modified': OLD_MTIME.toUTCString(),
      'accept-ranges': 'bytes',
      'cache-control': 'max-age=43200, private',
      etag: expect.stringMatching(/^"[^"]+"$/) as string,
    });
  });

  test.each<[string, string, FileOptions]>([
    ['below a root', 'sub/b.txt', { root }],
    ['below a relative root', 'sub/b.txt', { root: join(root, 'x', '..') }],
    ['by an absolute path', join(root, 'sub/b.txt'), {}],
  ])('is found %s', async (_how, filename, options) => {
    const { status, body } = await sent({ filename, options });
    expect([status, body.toString()]).toEqual([200, 'in a directory']);
  });

  test.each<[number, string, [string, string]]>([
    [304, '', ['If-None-Match', '*']],
    [304, '', ['If-Modified-Since', OLD_MTIME.toUTCString()]],
    [412, 'Precondition Failed\n', ['If-Match', '"other"']],
    [206, 'nten', ['Range', 'bytes=2-5']],
    [416, 'Range Not Satisfiable\n', ['Range', 'bytes=7-']],
  ])('responds %d with "%s" to %j', async (expected, text, field) => {
    const { status, body } = await sent({ filename: 'a.txt', options: { root } }, [field]);
    expect([status, body.toString()]).toEqual([expected, text]);
  });

  test('has no content for HEAD', async () => {
    const get = await sent({ filename: 'a.txt', options: { root } });
    const head = await sent({ filename: 'a.txt', options: { root } }, [], 'HEAD');
    expect([head.status, head.body.length]).toEqual([200, 0]);
    expect({ ...head.headers, date: '', expires: '' }).toEqual({ ...get.headers, date: '', expires: '' });
  });

  test('is sent whole in response to POST, whatever its conditions', async () => {
    const headers: [string, string][] = [
      ['If-None-Match', '*'],
      ['Range', 'bytes=0-1'],
      ['Content-Length', '0'],
    ];
    const { status, body } = await sent({ filename: 'a.txt', options: { root } }, headers, 'POST');
    expect([status, body.toString()]).toEqual([200, 'content']);
  });

  test('is sent in a stored encoding that the client accepts', async () => {
    const middleware = { precompressed: true };
    const { headers, body } = await sent({ filename: 'a.txt', options: { root }, middleware }, [
      ['Accept-Encoding', 'gzip'],
    ]);
    expect([headers['content-encoding'], headers['vary'], body.toString()]).toEqual([
      'gzip',
      'Accept-Encoding',
      'gz',
    ]);
  });

  test('is sent in a stored encoding without its original, to clients that accept it', async () => {
    const file = { filename: 'alone.txt', options: { root }, middleware: { precompressed: true } };
    const { status, headers, body } = await sent(file, [['Accept-Encoding', 'gzip']]);
    expect([status, body.toString()]).toEqual([200, 'gz alone']);
    expect(headers).toMatchObject({
      'content-type': 'text/plain; charset=utf-8',
      'content-encoding': 'gzip',
      vary: 'Accept-Encoding',
    });
    expect((await sent(file)).body.toString()).toContain('"status":404');
  });

  test('is sent as a stream if it is large, and empty if it is empty', async () => {
    expect((await sent({ filename: 'large.bin', options: { root } })).body).toHaveLength(3_000_000);
    expect((await sent({ filename: 'empty.txt', options: { root } })).headers['content-length']).toBe('0');
  });

  test('is the one that the handler has just written', async () => {
    const folder = folderWith({ 'report.txt': 'report 0' });
    // Moves the clock past the racy window of the file, so that its content is kept in memory.
    jest.spyOn(Date, 'now').mockReturnValue(Date.now() + 10_000);
    const shared = new SharedDataMiddleware(null, { '/': folder });
    async function handler(req: IncomingMessage, res: ServerResponse): Promise<void> {
      await shared.answer(req); // Looks the file up in the same turn of the event loop.
      writeFileSync(join(folder, 'report.txt'), 'report 1');
      await shared.sendFile(req, res, 'report.txt', { root: folder });
    }
    const { port } = await serve((req, res) => void handler(req, res));
    await shared.answer({ method: 'GET', url: '/report.txt', headers: {} });
    expect((await rawRequest(port, 'GET', '/report.txt')).body.toString()).toBe('report 1');
  });

  test('is sent by a proxy with the option sendfile', async () => {
    const middleware = { sendfile: { header: 'X-Accel-Redirect', from: root, to: '/internal' } };
    const { headers, body } = await sent({ filename: 'sub/b.txt', options: { root }, middleware });
    expect([headers['x-accel-redirect'], body.length]).toEqual(['/internal/sub/b.txt', 0]);
  });

  test('is opened by an overridden opener, and described to cacheControl by its path below the root', async () => {
    const files: SharedFile[] = [];
    const opened: string[][] = [];
    class Recorded extends SharedDataMiddleware {
      override opener(filename: string, below: string): ReturnType<SharedDataMiddleware['opener']> {
        opened.push([filename, below]);
        return super.opener(filename, below);
      }
    }
    const cacheControl = (file: SharedFile): string => {
      files.push(file);
      return 'no-cache';
    };
    const middleware = { cacheControl };
    const { headers } = await sent({
      filename: 'sub/b.txt',
      options: { root },
      middleware,
      Middleware: Recorded,
    });
    expect(headers['cache-control']).toBe('no-cache');
    expect(opened).toEqual([[join(root, 'sub/b.txt'), root]]);
    expect(files).toEqual([{ filename: 'b.txt', path: 'sub/b.txt', mtime: OLD_MTIME, size: 14 }]);
  });

  test('is not subject to isAllowed and disallow: the handler has decided', async () => {
    class Denied extends SharedDataMiddleware {
      override isAllowed(): boolean {
        return false;
      }
    }
    const own = await sent({ filename: 'a.txt', options: { root }, Middleware: Denied });
    const option = await sent({ filename: 'a.txt', options: { root }, middleware: { disallow: '*' } });
    expect([own.status, option.status]).toEqual([200, 200]);
  });
});

describe('the status of a file that a handler sends', () => {
  const conditions: [string, string][] = [
    ['If-None-Match', '*'],
    ['Range', 'bytes=0-1'],
  ];

  test.each([
    ['by the option status', { options: { root, status: 404 } }, 404],
    [
      'on the response',
      { options: { root }, before: (_req: unknown, res: ServerResponse) => (res.statusCode = 503) },
      503,
    ],
  ])('is that which is set %s: the whole file is sent, and not stored', async (_how, how, expected) => {
    const { status, headers, body } = await sent({ filename: '404.html', ...how }, conditions);
    expect([status, body.toString()]).toEqual([expected, '<p>missing</p>']);
    expect([headers['cache-control'], headers['expires']]).toEqual(['no-store', undefined]);
  });

  test('of 200 by the option takes precedence over one on the response, with conditions', async () => {
    const before = (_req: unknown, res: ServerResponse): void => {
      res.statusCode = 404;
    };
    const answer = await sent({ filename: 'a.txt', options: { root, status: 200 }, before }, conditions);
    expect(answer.status).toBe(304);
  });

  test('of 201 keeps the lifetime of a file', async () => {
    const { status, headers } = await sent(
      { filename: 'a.txt', options: { root, status: 201 } },
      conditions,
      'POST',
    );
    expect([status, headers['cache-control']]).toEqual([201, 'max-age=43200, private']);
  });
});

describe('the option headers of a file that a handler sends', () => {
  test('adds and replaces fields, after setHeaders', async () => {
    class WithHeaders extends SharedDataMiddleware {
      override async setHeaders(headers: Headers): Promise<void> {
        await Promise.resolve();
        headers.set('X-Mine', 'class');
        headers.set('X-Kept', 'class');
      }
    }
    const options = {
      root,
      headers: { 'X-Mine': 'call', 'Cache-Control': 'max-age=60', 'Content-Type': 'a/b' },
    };
    const { headers } = await sent({ filename: 'a.txt', options, Middleware: WithHeaders });
    expect(headers).toMatchObject({
      'x-mine': 'call',
      'x-kept': 'class',
      'cache-control': 'max-age=60',
      'content-type': 'a/b',
    });
    expect(Date.parse(headers['expires'] ?? '') - Date.parse(headers['date'] ?? '')).toBeLessThan(62_000);
  });

  test('sets the validators that conditions are compared with', async () => {
    const options = { root, headers: { ETag: '"mine"' } };
    const { status } = await sent({ filename: 'a.txt', options }, [['If-None-Match', '"mine"']]);
    expect(status).toBe(304);
  });

  test('overrides the no-store of an error page', async () => {
    const options = { root, status: 404, headers: new Headers({ 'Cache-Control': 'max-age=5' }) };
    const { headers } = await sent({ filename: '404.html', options });
    expect(headers['cache-control']).toBe('max-age=5');
  });

  test('keeps several cookies apart', async () => {
    const headers = new Headers();
    for (const cookie of ['a=1', 'b=2']) headers.append('Set-Cookie', cookie);
    const answer = await sent({ filename: 'a.txt', options: { root, headers } });
    expect(answer.headers['set-cookie']).toBe('a=1, b=2');
  });
});

describe('sendFile rejects', () => {
  test.each([
    ['missing.txt', { root }],
    ['sub', { root }],
    ['', { root }],
    [join(root, 'missing.txt'), {}],
    ['a.txt', {}],
    ['a.txt/', { root }],
    ['a.txt', { root: join(root, 'missing') }],
  ])(
    'with ENOENT and the status 404 if %j (%j) is no file, and has sent nothing',
    async (filename, options) => {
      const { status, body, headers } = await sent({ filename, options });
      expect(status).toBe(599);
      expect(JSON.parse(body.toString())).toEqual({
        code: 'ENOENT',
        status: 404,
        statusCode: 404,
        message: 'no such file',
      });
      expect(headers['etag']).toBeUndefined();
    },
  );

  test('with a status and without a path for an error of the file system', async () => {
    class Failing extends SharedDataMiddleware {
      override opener(): never {
        throw Object.assign(new Error(`EACCES: permission denied, open '${root}'`), {
          code: 'EACCES',
          syscall: 'open',
        });
      }
    }
    const { body } = await sent({ filename: 'a.txt', options: { root }, Middleware: Failing });
    expect(JSON.parse(body.toString())).toEqual({ status: 403, statusCode: 403, message: 'Forbidden' });
  });

  test('with a TypeError for a wrong option', async () => {
    const { body } = await sent({ filename: 'a.txt', options: { root: '' } });
    expect(body.toString()).toContain("option 'root': expected the path of a directory, got ''");
  });
});

test('Express 5 responds 404 to a file that does not exist, without a path in the body', async () => {
  const shared = new SharedDataMiddleware(null, {});
  const web = express();
  web.get('/:name', (req, res) => shared.sendFile(req, res, req.params.name, { root }));
  web.set('env', 'test'); // Otherwise the default error handler prints the error.
  const { port } = await serve(web);
  const missing = await rawRequest(port, 'GET', '/missing.txt');
  expect([missing.status, missing.body.toString().includes(root)]).toEqual([404, false]);
  expect((await rawRequest(port, 'GET', '/a.txt')).body.toString()).toBe('content');
});

test('answerFile returns the response as plain data, or null if there is no such file', async () => {
  const folder = folderWith();
  const shared = new SharedDataMiddleware(null, {});
  const request = { method: 'GET', url: '/', headers: {} };
  expect(await shared.answerFile(request, 'made.txt', { root: folder })).toBeNull();
  put(join(folder, 'made.txt'), 'made');
  const answer = await shared.answerFile(request, 'made.txt', { root: folder });
  expect(answer).toMatchObject({ status: 200, body: Buffer.from('made'), file: { path: 'made.txt' } });
});

test('sendFile resolves when the client disconnects, and the file is closed', async () => {
  const shared = new SharedDataMiddleware(null, {});
  const before = openDescriptors();
  const end = new Promise<void>((resolve, reject) => {
    void serve((req, res) => {
      shared.sendFile(req, res, 'large.bin', { root }).then(resolve, reject);
    }).then(({ port }) => {
      const socket = connect(port, '127.0.0.1');
      socket.write('GET / HTTP/1.1\r\nHost: localhost\r\n\r\n');
      socket.once('data', () => socket.destroy());
    });
  });
  await end;
  await eventually(() => {
    // The server, and the descriptor of the file that is kept for the next request.
    expect(openDescriptors()).toBeLessThanOrEqual(before + 2);
  });
});

describe('Content-Disposition of a download', () => {
  async function disposition(filename: string, options: DownloadOptions): Promise<string | undefined> {
    const shared = new SharedDataMiddleware(null, {});
    const { port } = await serve((req, res) => {
      void shared.download(req, res, filename, options);
    });
    const { status, headers, body } = await rawRequest(port, 'GET', '/');
    expect([status, headers['x-injected'], body.toString()]).toEqual([200, undefined, 'content']);
    return headers['content-disposition'];
  }

  test.each<[string, DownloadOptions, string]>([
    ['the name of the file', {}, 'attachment; filename=a.txt'],
    ['a name of its own', { name: 'b c.txt' }, 'attachment; filename="b c.txt"'],
    [
      'a name in any script',
      { name: '日本.txt' },
      `attachment; filename="??.txt"; filename*=UTF-8''%E6%97%A5%E6%9C%AC.txt`,
    ],
    ['no second parameter', { name: 'a"; x="y.txt' }, 'attachment; filename="a\\"; x=\\"y.txt"'],
    [
      'no second field',
      { name: 'a\r\nX-Injected: 1' },
      `attachment; filename="a??X-Injected: 1"; filename*=UTF-8''a%0D%0AX-Injected%3A%201`,
    ],
    ['no path', { name: '../a\\b/c.txt' }, 'attachment; filename=.._a_b_c.txt'],
    ['what the option headers says', { headers: { 'Content-Disposition': 'inline' } }, 'inline'],
  ])('has %s', async (_what, options, expected) => {
    expect(await disposition('a.txt', { root, ...options })).toBe(expected);
  });
});
