import { rmSync, symlinkSync } from 'node:fs';
import { Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { join } from 'node:path';
import {
  SharedDataMiddleware,
  type DirectoryListing,
  type FileLookup,
  type Loader,
  type SharedDataOptions,
  type SharedRequest,
} from '../../src/index';
import { folderWith } from '../support/files';
import { app, rawRequest, serve, type RawAnswer } from '../support/server';
import { silenceErrors } from '../support/stderr';

const folder = folderWith({
  'a.txt': 'content',
  'b.map': '',
  '.env': 'secret',
  'sub/c.txt': '',
  'private/d.txt': '',
  'site/index.html': 'index',
  'site/e.txt': '',
  '.git/config': 'secret',
});
symlinkSync('/etc', join(folder, 'etc'));

const LISTING: SharedDataOptions = { listing: true };

async function get(
  target: string,
  shared: SharedDataMiddleware = new SharedDataMiddleware(app, { '/s': folder }, LISTING),
  method = 'GET',
): Promise<RawAnswer> {
  return rawRequest((await serve(shared.listener)).port, method, target);
}

/** The names that the page of a directory links to. */
function namesIn({ status, body }: RawAnswer): string[] {
  expect(status).toBe(200);
  const rows = body.toString().split('<tbody>')[1] ?? '';
  return [...rows.matchAll(/<a href="\.\/([^"]*)"/g)].map(([, name = '']) => name);
}

describe('listing: true', () => {
  test('shows a directory below an export, with the same header fields for HEAD', async () => {
    const page = await get('/s/');
    expect(namesIn(page)).toEqual(['etc/', 'private/', 'site/', 'sub/', 'a.txt', 'b.map']);
    expect(page.headers).toMatchObject({
      'content-type': 'text/html; charset=utf-8',
      'content-length': String(page.body.length),
      'cache-control': 'no-cache',
      'x-content-type-options': 'nosniff',
      'content-security-policy': expect.stringMatching(/^default-src 'none'; style-src 'sha256-/) as string,
    });
    const head = await get('/s/', undefined, 'HEAD');
    expect([head.body.length, { ...head.headers, date: '' }]).toEqual([0, { ...page.headers, date: '' }]);
  });

  test('redirects a directory to its URL with a slash, as the option redirect says', async () => {
    const redirect = await get('/s/sub?x=1');
    expect([redirect.status, redirect.headers['location']]).toEqual([308, './sub/?x=1']);
    const moved = new SharedDataMiddleware(app, { '/s': folder }, { ...LISTING, redirect: 301 });
    expect((await get('/s/sub', moved)).status).toBe(301);
    const passed = new SharedDataMiddleware(app, { '/s': folder }, { ...LISTING, redirect: false });
    expect((await get('/s/sub', passed)).body.toString()).toBe('APP\n');
    expect(namesIn(await get('/s/sub/', passed))).toEqual(['c.txt']);
  });

  test('leaves other paths, other methods and the directories above exports to the application', async () => {
    const shared = new SharedDataMiddleware(app, { '/s/deep': folder, '/x': folder }, LISTING);
    for (const target of ['/', '/s', '/s/', '/s/deep/missing/', '/s/deep/a.txt/', '/s/deep/%2e%2e/', '/y/'])
      expect((await get(target, shared)).body.toString()).toBe('APP\n');
    expect((await get('/s/deep/', shared, 'POST')).body.toString()).toBe('APP\n');
  });

  test('without an application, shows the directories above exports, and refuses other methods', async () => {
    const exports = { '/s/deep': folder, '/x': folder, '/f': join(folder, 'a.txt') };
    const shared = new SharedDataMiddleware(null, exports, LISTING);
    expect(namesIn(await get('/', shared))).toEqual(['s/', 'x/', 'f']);
    expect(namesIn(await get('/s/', shared))).toEqual(['deep/']);
    expect((await get('/missing', shared)).status).toBe(404);
    for (const [target, expected] of [
      ['/s/', 405],
      ['/x/a.txt', 405],
      ['/missing', 404],
    ] as const)
      expect((await get(target, shared, 'POST')).status).toBe(expected);
  });

  test('shows longer prefixes among the entries of a directory', async () => {
    const shared = new SharedDataMiddleware(app, { '/s': join(folder, 'sub'), '/s/x/y': folder }, LISTING);
    expect(namesIn(await get('/s/', shared))).toEqual(['x/', 'c.txt']);
  });

  test('is replaced by the index of a directory', async () => {
    const shared = new SharedDataMiddleware(app, { '/s': folder }, { ...LISTING, index: 'index.html' });
    expect((await get('/s/site/', shared)).body.toString()).toBe('index');
    expect(namesIn(await get('/s/sub/', shared))).toEqual(['c.txt']);
  });

  test('shows exports that were added later, and none with a loader of its own', async () => {
    const shared = new SharedDataMiddleware(app, {}, LISTING);
    shared.exports.push(['/later', shared.getDirectoryLoader(folder)], ['/own', () => null]);
    expect(namesIn(await get('/later/sub/', shared))).toEqual(['c.txt']);
    expect((await get('/own/', shared)).body.toString()).toBe('APP\n');
  });

  test('shows the exports of an overridden accessor', async () => {
    class Own extends SharedDataMiddleware {
      override get exports(): [string, Loader][] {
        return [['/own', this.getDirectoryLoader(join(folder, 'sub'))]];
      }
    }
    expect(namesIn(await get('/own/', new Own(app, {}, LISTING)))).toEqual(['c.txt']);
  });

  test('is off by default', async () => {
    expect((await get('/s/', new SharedDataMiddleware(app, { '/s': folder }))).body.toString()).toBe('APP\n');
  });

  test('is empty for a directory that is removed when it is about to be read', async () => {
    const removed = folderWith({ 'sub/a.txt': '' });
    class Remover extends SharedDataMiddleware {
      override isAllowed(): boolean {
        rmSync(join(removed, 'sub'), { recursive: true, force: true });
        return true;
      }
    }
    const shared = new Remover(app, { '/s': removed }, LISTING);
    expect(namesIn(await get('/s/sub/', shared))).toEqual([]);
    expect((await get('/s/sub/', shared)).headers['x-app']).toBe('1');
  });
});

describe('a listing shows only what would be served:', () => {
  test('no dotfiles, unless they are allowed', async () => {
    const shared = new SharedDataMiddleware(app, { '/s': folder }, { ...LISTING, dotfiles: 'allow' });
    expect(namesIn(await get('/s/', shared))).toEqual(expect.arrayContaining(['.env', '.git/']));
    expect((await get('/s/.git/')).body.toString()).toBe('APP\n');
    const denying = new SharedDataMiddleware(app, { '/s': folder }, { ...LISTING, dotfiles: 'deny' });
    expect((await get('/s/.git/', denying)).status).toBe(403);
  });

  test('nothing that disallow matches', async () => {
    const options = { ...LISTING, disallow: ['*.map', 'private/'] };
    const shared = new SharedDataMiddleware(app, { '/s': folder }, options);
    expect(namesIn(await get('/s/', shared))).not.toEqual(expect.arrayContaining(['b.map']));
    expect(namesIn(await get('/s/', shared))).not.toEqual(expect.arrayContaining(['private/']));
    expect((await get('/s/private/', shared)).body.toString()).toBe('APP\n');
  });

  test('nothing that an overridden isAllowed denies for the request', async () => {
    class Guarded extends SharedDataMiddleware {
      override isAllowed(_filename: string, { path, request }: FileLookup): boolean {
        return !/^private(?:\/|$)/.test(path ?? '') || request.headers.cookie === 'admin';
      }
    }
    const { port } = await serve(new Guarded(app, { '/s': folder }, LISTING).listener);
    expect(namesIn(await rawRequest(port, 'GET', '/s/'))).not.toContain('private/');
    expect((await rawRequest(port, 'GET', '/s/private/')).body.toString()).toBe('APP\n');
    expect(namesIn(await rawRequest(port, 'GET', '/s/private/', [['Cookie', 'admin']]))).toEqual(['d.txt']);
  });

  test("no links that lead out of the export, with symlinks: 'inside'", async () => {
    const shared = new SharedDataMiddleware(app, { '/s': folder }, { ...LISTING, symlinks: 'inside' });
    expect(namesIn(await get('/s/', shared))).not.toContain('etc/');
    expect((await get('/s/etc/', shared)).body.toString()).toBe('APP\n');
  });
});

describe('a function as the option listing', () => {
  silenceErrors();

  test('writes the page, from the entries and the request', async () => {
    const calls: [DirectoryListing, SharedRequest][] = [];
    const shared = new SharedDataMiddleware(
      app,
      { '/s': folder },
      {
        disallow: ['*.map', 'etc', 'private', 'site'],
        listing: async (listing, request) => {
          await Promise.resolve();
          calls.push([listing, request]);
          return '<p>my page</p>';
        },
      },
    );
    const { status, headers, body } = await get('/s/?sort=size', shared);
    expect([status, headers['content-security-policy'], body.toString()]).toEqual([
      200,
      undefined,
      '<p>my page</p>',
    ]);
    expect(headers['content-type']).toBe('text/html; charset=utf-8');
    expect(calls[0]?.[1].url).toBe('/s/?sort=size');
    expect(calls[0]?.[0]).toMatchObject({
      path: '/s/',
      page: { number: 1, count: 1 },
      entries: [
        { name: 'sub', file: undefined },
        { name: 'a.txt', file: { size: 7 } },
      ],
    });
    expect(calls[0]?.[0].entries[1]?.file?.mtime.toISOString()).toMatch(/^20/);
  });

  test.each([[undefined], [null], [Buffer.from('page')]])('that returns %p is an error', async (result) => {
    const options = { listing: () => result as unknown as string };
    const { status, body } = await get('/s/', new SharedDataMiddleware(app, { '/s': folder }, options));
    expect([status, body.toString()]).toEqual([500, 'Internal Server Error\n']);
  });
});

test('answer returns a listing as plain data, also without a connection', async () => {
  const shared = new SharedDataMiddleware(app, { '/s': folder }, LISTING);
  const answer = await shared.answer({ method: 'GET', url: '/s/sub/', headers: {} });
  expect([answer?.status, answer?.file]).toEqual([200, undefined]);
  if (!(answer?.body instanceof Readable)) throw new Error('expected a stream');
  expect(await text(answer.body)).toContain('c.txt');
  await answer.close?.();
});
