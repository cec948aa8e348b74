import fs, { type BigIntStats } from 'node:fs';
import {
  SharedDataMiddleware,
  type FileLookup,
  type SharedDataOptions,
  type SharedFile,
} from '../../src/index';
import { folderWith } from '../support/files';
import { app, rawRequest, serve, type RawAnswer, expectLifetime } from '../support/server';
import { silenceErrors } from '../support/stderr';

silenceErrors();

const folder = folderWith({ 'assets/app.3f2a.js': 'app', 'index.html': 'home', 'font.woff2': 'font' });

async function request(
  target: string,
  options: SharedDataOptions,
  method = 'GET',
  headers: [string, string][] = [],
): Promise<RawAnswer> {
  const { port } = await serve(new SharedDataMiddleware(app, { '/s': folder }, options).listener);
  return rawRequest(port, method, target, headers);
}

describe('cacheControl', () => {
  test.each<[SharedDataOptions['cacheControl'], string, number | null]>([
    ['max-age=60, stale-while-revalidate=30', 'max-age=60, stale-while-revalidate=30', 60],
    ['public, s-maxage=600', 'public, s-maxage=600', null],
    ['no-cache', 'no-cache', null],
    [({ filename }) => `max-age=${filename.length}`, 'max-age=10', 10],
  ])('%p sends "%s" and an Expires lifetime of %s', async (cacheControl, sent, seconds) => {
    for (const method of ['GET', 'HEAD']) {
      const answer = await request('/s/index.html', { cacheControl }, method);
      expect(answer.headers['cache-control']).toBe(sent);
      expectLifetime(answer, seconds);
    }
  });

  test('can be a function, which receives the file', async () => {
    const files: SharedFile[] = [];
    const cacheControl = (file: SharedFile): string => {
      files.push(file);
      return 'private';
    };
    await request('/s/assets/app.3f2a.js', { cacheControl });
    expect(files).toEqual([
      { filename: 'app.3f2a.js', path: 'assets/app.3f2a.js', size: 3, mtime: expect.anything() as Date },
    ]);
  });

  test('is repeated in a 304', async () => {
    const answer = await request('/s/index.html', { cacheControl: 'max-age=7' }, 'GET', [
      ['If-None-Match', '*'],
    ]);
    expect([answer.status, answer.headers['cache-control']]).toEqual([304, 'max-age=7']);
    expectLifetime(answer, 7);
  });

  test('with an invalid field value responds 500 and injects no header', async () => {
    const { status, headers } = await request('/s/index.html', { cacheControl: () => 'x\r\nX-Evil: 1' });
    expect([status, headers['x-evil']]).toEqual([500, undefined]);
  });
});

describe('immutable', () => {
  test.each<[SharedDataOptions['immutable']]>([
    [/\.[0-9a-f]{4}\./],
    [/\.[0-9a-f]{4}\./g],
    [(path) => path.startsWith('assets/')],
  ])('%p marks matching files as immutable at every request', async (immutable) => {
    const shared = new SharedDataMiddleware(app, { '/s': folder }, { immutable, cacheControl: 'no-cache' });
    const { port } = await serve(shared.listener);
    for (let attempt = 0; attempt < 3; attempt++) {
      const answer = await rawRequest(port, 'GET', '/s/assets/app.3f2a.js');
      expect(answer.headers['cache-control']).toBe('max-age=31536000, public, immutable');
      expectLifetime(answer, 31_536_000);
      expect((await rawRequest(port, 'GET', '/s/index.html')).headers['cache-control']).toBe('no-cache');
    }
  });
});

test('cache: false sends the value of cacheControl, but no ETag', async () => {
  const { headers } = await request('/s/index.html', { cache: false, cacheControl: 'no-store' });
  expect(headers['cache-control']).toBe('no-store');
  expect(headers).not.toHaveProperty('etag');
});

test('an mtime in the future is not sent as Last-Modified', async () => {
  const folderOfFuture = folderWith({ 'a.txt': 'a' }, new Date(Date.now() + 1e9));
  const { port } = await serve(new SharedDataMiddleware(app, { '/s': folderOfFuture }).listener);
  const { headers } = await rawRequest(port, 'GET', '/s/a.txt');
  expect(Date.parse(headers['last-modified'] ?? '')).toBeLessThanOrEqual(Date.parse(headers['date'] ?? ''));
});

test.each([
  ['the year 20000', 568_971_820_800n],
  ['the year 1141709097', 2n ** 55n],
  ['the year -32873', -(2n ** 40n)],
])('an mtime in %s responds 200 with a valid Last-Modified', async (_year, seconds) => {
  for (const name of ['statSync', 'fstatSync'] as const) {
    const original = fs[name] as (...args: unknown[]) => BigIntStats | undefined;
    jest.spyOn(fs, name).mockImplementation((...args: unknown[]) => {
      const stats = original(...args);
      return stats && Object.assign(stats, { mtimeNs: seconds * 1_000_000_000n });
    });
  }
  const { port } = await serve(new SharedDataMiddleware(app, { '/s': folder }).listener);
  const { status, headers } = await rawRequest(port, 'GET', '/s/font.woff2');
  jest.restoreAllMocks();
  expect(status).toBe(200);
  expect(headers['last-modified']).toMatch(/^[A-Z][a-z]{2}, \d\d [A-Z][a-z]{2} \d{4} \d\d:\d\d:\d\d GMT$/);
});

describe('setHeaders', () => {
  class Fonts extends SharedDataMiddleware {
    override setHeaders(headers: Headers, file: SharedFile): void {
      if (file.filename.endsWith('.woff2')) headers.set('Access-Control-Allow-Origin', '*');
      headers.set('Content-Range', 'nonsense');
    }
  }

  test.each<[string, [string, string][], number]>([
    ['200', [], 200],
    ['206', [['Range', 'bytes=1-2']], 206],
    ['304', [['If-None-Match', '*']], 304],
  ])('can add a CORS header to a %s response', async (_name, headers, status) => {
    const { port } = await serve(new Fonts(app, { '/s': folder }).listener);
    const answer = await rawRequest(port, 'GET', '/s/font.woff2', headers);
    expect([answer.status, answer.headers['access-control-allow-origin']]).toEqual([status, '*']);
    if (status === 206) expect(answer.headers['content-range']).toBe('bytes 1-2/4');
  });

  test('does not affect a 412 response', async () => {
    const { port } = await serve(new Fonts(app, { '/s': folder }).listener);
    expect(
      (await rawRequest(port, 'GET', '/s/font.woff2', [['If-Match', '"x"']])).headers,
    ).not.toHaveProperty('access-control-allow-origin');
  });
});

test.each([
  ['a file', '/s/font.woff2', {}],
  ['a large file', '/s/font.woff2', { memoryLimit: 0 }],
])('weakEtags: true makes the ETag of %s weak', async (_what, target, options) => {
  const shared = new SharedDataMiddleware(app, { '/s': folder }, { ...options, weakEtags: true });
  const { port } = await serve(shared.listener);
  const { headers } = await rawRequest(port, 'GET', target);
  expect(headers['etag']).toMatch(/^W\/"/);
});

describe('isAllowed', () => {
  async function cacheControlOf(
    Class: typeof SharedDataMiddleware,
    options: SharedDataOptions = {},
    target = '/s/index.html',
    headers: [string, string][] = [],
  ): Promise<string | undefined> {
    const { port } = await serve(new Class(app, { '/s': files }, options).listener);
    const answer = await rawRequest(port, 'GET', target, [['X-User', 'alice'], ...headers]);
    return answer.headers['cache-control'];
  }

  const files = folderWith({
    'index.html': 'home',
    'index.html.gz': 'encoded',
    'secret.txt': 'secret',
    'assets/app.3f2a.js': 'app',
  });

  class ByRequest extends SharedDataMiddleware {
    override isAllowed(_filename: string, { request }: FileLookup): boolean {
      return request.headers['x-user'] === 'alice';
    }
  }

  class ByRequestLater extends SharedDataMiddleware {
    override async isAllowed(_filename: string, lookup: FileLookup): Promise<boolean> {
      await new Promise((resolve) => setTimeout(resolve, 5));
      return lookup.request.headers['x-user'] === 'alice';
    }
  }

  class ByName extends SharedDataMiddleware {
    override isAllowed(filename: string, lookup: FileLookup): boolean {
      return filename !== 'secret.txt' && lookup.path !== '' && lookup.prefix !== '';
    }
  }

  class SecretsByRequest extends SharedDataMiddleware {
    override isAllowed(filename: string, lookup: FileLookup): boolean {
      return filename !== 'secret.txt' || lookup.request.headers['x-user'] === 'alice';
    }
  }

  class Base extends SharedDataMiddleware {
    override isAllowed(_filename: string, lookup: FileLookup): boolean {
      return lookup.request.headers['x-user'] === 'alice';
    }
  }

  class PassesCopy extends Base {
    override isAllowed(filename: string, lookup: FileLookup): boolean {
      return super.isAllowed(filename, { ...lookup, path: filename });
    }
  }

  class PassesDerived extends Base {
    override isAllowed(filename: string, lookup: FileLookup): boolean {
      return super.isAllowed(filename, Object.create(lookup) as FileLookup);
    }
  }

  test.each([PassesCopy, PassesDerived])('can pass on a copy of the lookup: %p', async (Class) => {
    expect(await cacheControlOf(Class)).toBe('max-age=43200, private');
  });

  test('that is replaced in the prototype is observed too', async () => {
    const replaced = jest
      .spyOn(SharedDataMiddleware.prototype, 'isAllowed')
      .mockImplementation((_filename, { request: { headers } }) => headers['x-user'] === 'alice');
    expect(await cacheControlOf(SharedDataMiddleware)).toBe('max-age=43200, private');
    replaced.mockRestore();
  });

  test.each([ByRequest, ByRequestLater])(
    'that reads the request makes responses private, so that shared caches do not keep them: %p',
    async (Class) => {
      expect(await cacheControlOf(Class)).toBe('max-age=43200, private');
      expect(await cacheControlOf(Class, { cacheTimeout: 5 })).toBe('max-age=5, private');
      expect(await cacheControlOf(Class, { cache: false })).toBe('private');
      const immutable = { immutable: /\.[0-9a-f]{4}\.js$/ };
      const asset = '/s/assets/app.3f2a.js';
      expect(await cacheControlOf(Class, immutable, asset)).toBe('max-age=31536000, private, immutable');
      expect(await cacheControlOf(Class, {}, '/s/index.html', [['Range', 'bytes=0-0']])).toMatch(/private$/);
      expect(await cacheControlOf(Class, {}, '/s/index.html', [['If-None-Match', '*']])).toMatch(/private$/);
    },
  );

  test.each([SharedDataMiddleware, ByName])(
    'that does not read the request leaves responses public: %p',
    async (Class) => {
      expect(await cacheControlOf(Class)).toBe('max-age=43200, public');
      expect(await cacheControlOf(Class, { cache: false })).toBe('public');
      expect(await cacheControlOf(Class, {}, '/s/index.html.gz')).toBe('max-age=43200, public');
    },
  );

  test('with the option disallow, responses are public', async () => {
    expect(await cacheControlOf(SharedDataMiddleware, { disallow: '*.map' })).toBe('max-age=43200, public');
  });

  test('that reads the request for some files makes only their responses private', async () => {
    const { port } = await serve(new SecretsByRequest(app, { '/s': files }).listener);
    for (const [target, sent] of [
      ['/s/secret.txt', 'max-age=43200, private'],
      ['/s/index.html', 'max-age=43200, public'],
    ] as const) {
      const { headers } = await rawRequest(port, 'GET', target, [['X-User', 'alice']]);
      expect(headers['cache-control']).toBe(sent);
    }
    expect((await rawRequest(port, 'GET', '/s/secret.txt')).body.toString()).toBe('APP\n');
  });

  test('that reads the request for the original makes the responses of its encodings private', async () => {
    class EncodingsByRequest extends SharedDataMiddleware {
      override isAllowed(filename: string, lookup: FileLookup): boolean {
        return filename !== 'index.html' || lookup.request.headers['x-user'] === 'alice';
      }
    }
    expect(await cacheControlOf(EncodingsByRequest, {}, '/s/index.html.gz')).toBe('max-age=43200, private');
  });

  test('leaves the option cacheControl as it is', async () => {
    const cacheControl = 'max-age=60, public';
    expect(await cacheControlOf(ByRequest, { cacheControl })).toBe(cacheControl);
    expect(await cacheControlOf(ByRequest, { cacheControl: () => cacheControl })).toBe(cacheControl);
  });
});

test('an immutable file is not looked up at each request, and is served as before when it is replaced', async () => {
  const site = folderWith({ 'app.1a2b3c4d.js': 'first', 'page.js': 'first' });
  const shared = new SharedDataMiddleware(app, { '/s': site }, { immutable: /\.[0-9a-f]{8}\.js$/ });
  const { port } = await serve(shared.listener);
  await rawRequest(port, 'GET', '/s/app.1a2b3c4d.js');
  const stat = jest.spyOn(fs, 'statSync');
  expect((await rawRequest(port, 'HEAD', '/s/app.1a2b3c4d.js')).status).toBe(200);
  expect(stat).not.toHaveBeenCalled();
  expect((await rawRequest(port, 'HEAD', '/s/page.js')).status).toBe(200);
  expect(stat).toHaveBeenCalled();
  jest.restoreAllMocks();
});
