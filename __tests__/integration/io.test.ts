import fs, { linkSync, mkdirSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { SharedDataMiddleware, type SharedDataOptions } from '../../src/index';
import { folderWith, put } from '../support/files';
import { eventually, openDescriptors } from '../support/process';
import { app, rawRequest, serve } from '../support/server';
import { silenceErrors } from '../support/stderr';

silenceErrors();

const OLD = new Date(1e12);
const MEDIUM = Buffer.alloc(300_000, 'medium');
const LARGE = Buffer.alloc(5_000_000, 'large ');

function createFolder(): string {
  const folder = folderWith(
    {
      'small.txt': 'small',
      'medium.bin': MEDIUM,
      'large.bin': LARGE,
      'app.js': 'app',
      'app.js.gz': 'gzip',
      'docs/index.html': 'index',
      'docs/page.html': 'page',
      '.env': 'secret',
    },
    OLD,
  );
  symlinkSync('small.txt', join(folder, 'inside.txt'));
  symlinkSync('/etc/hostname', join(folder, 'outside.txt'));
  symlinkSync('.env', join(folder, 'env.txt'));
  return folder;
}

async function start(folder: string, options: SharedDataOptions): Promise<number> {
  return (await serve(new SharedDataMiddleware(app, { '/s': folder }, options).listener)).port;
}

/** How files are read, with and without the option `compress`. */
const modes = [
  { io: 'sync' },
  { io: 'async' },
  { io: 'auto' },
  { io: 'sync', compress: { minSize: 0 } },
  { io: 'async', compress: { minSize: 0 } },
] as const satisfies SharedDataOptions[];

/** All kinds of operations are the same on the event loop and in the thread pool. */
describe.each(modes)('with %j', (mode) => {
  test('files of all sizes, their parts and their validators are served', async () => {
    const port = await start(createFolder(), mode);
    for (const [path, content] of [
      ['/s/small.txt', Buffer.from('small')],
      ['/s/medium.bin', MEDIUM],
      ['/s/large.bin', LARGE],
    ] as const) {
      for (let round = 0; round < 2; round++) {
        const { status, headers, body } = await rawRequest(port, 'GET', path);
        expect([status, body.equals(content)]).toEqual([200, true]);
        const { etag = '' } = headers;
        const again = await rawRequest(port, 'GET', path, [['If-None-Match', etag]]);
        // A large file that is new has a weak ETag, which never matches.
        expect(again.status).toBe(etag.startsWith('W/') ? 200 : 304);
        const part = await rawRequest(port, 'GET', path, [['Range', 'bytes=1-3']]);
        expect([part.status, part.body.toString()]).toEqual([206, content.toString('latin1', 1, 4)]);
      }
    }
  });

  test('an index, an omitted extension and a stored encoding are found', async () => {
    const options = { ...mode, index: 'index.html', extensions: ['html'], precompressed: true };
    const port = await start(createFolder(), options);
    const textAt = async (path: string): Promise<string> =>
      (await rawRequest(port, 'GET', path, [['Accept-Encoding', 'gzip']])).body.toString();
    expect(await textAt('/s/docs/')).toBe('index');
    expect(await textAt('/s/docs/page')).toBe('page');
    expect(await textAt('/s/app.js')).toBe('gzip');
    expect((await rawRequest(port, 'GET', '/s/docs')).status).toBe(308);
  });

  test('a file that was compressed is the same, and a changed one is visible at the next request', async () => {
    const folder = createFolder();
    const port = await start(folder, mode);
    const { now } = Date;
    jest.spyOn(Date, 'now').mockImplementation(() => now() + 10_000);
    for (const text of ['one '.repeat(5000), 'two '.repeat(5000)]) {
      put(join(folder, 'docs/page.html'), text, OLD);
      for (let round = 0; round < 20; round++) {
        const fields = [['Accept-Encoding', 'gzip']] as const;
        const { headers, body } = await rawRequest(port, 'GET', '/s/docs/page.html', fields);
        const decoded = headers['content-encoding'] === undefined ? body : gunzipSync(body);
        expect(decoded.toString()).toBe(text);
      }
    }
    jest.restoreAllMocks();
  });

  test('missing files, directories and dotfiles go to the application', async () => {
    const port = await start(createFolder(), mode);
    for (const path of ['/s/missing.txt', '/s/docs', '/s/.env', '/s/small.txt/more']) {
      expect((await rawRequest(port, 'GET', path)).status).toBe(404);
    }
  });

  test.each([
    ['follow', [200, 200, 200]],
    ['inside', [200, 404, 404]],
  ] as const)('links are served as symlinks: %s says', async (symlinks, statuses) => {
    const port = await start(createFolder(), { ...mode, symlinks });
    const links = ['/s/inside.txt', '/s/outside.txt', '/s/env.txt'];
    const responses = await Promise.all(links.map((path) => rawRequest(port, 'GET', path)));
    expect(responses.map(({ status }) => status)).toEqual(statuses);
  });

  test('with dotfiles: deny, a link to a dotfile is 403', async () => {
    const port = await start(createFolder(), { ...mode, symlinks: 'inside', dotfiles: 'deny' });
    expect((await rawRequest(port, 'GET', '/s/env.txt')).status).toBe(403);
  });

  test('a large file has an ETag of its content', async () => {
    const port = await start(createFolder(), { ...mode, etags: 'content' });
    await eventually(async () => {
      const { headers } = await rawRequest(port, 'HEAD', '/s/large.bin');
      expect(headers['etag']).toMatch(/^"4c4b40-/);
    });
  });

  test('a change is visible at the next request, and so is the removal of a directory', async () => {
    const folder = createFolder();
    const port = await start(folder, mode);
    const textAt = async (path: string): Promise<string> =>
      (await rawRequest(port, 'GET', path)).body.toString();
    expect(await textAt('/s/docs/page.html')).toBe('page');
    for (const text of ['one', 'two', 'longer']) {
      writeFileSync(join(folder, 'docs/page.html'), text);
      expect(await textAt('/s/docs/page.html')).toBe(text);
    }
    renameSync(join(folder, 'docs'), join(folder, 'Docs'));
    expect((await rawRequest(port, 'GET', '/s/docs/page.html')).status).toBe(404);
    expect(await textAt('/s/Docs/page.html')).toBe('longer');
    rmSync(join(folder, 'Docs'), { recursive: true });
    mkdirSync(join(folder, 'docs'));
    writeFileSync(join(folder, 'docs/page.html'), 'new');
    expect(await textAt('/s/docs/page.html')).toBe('new');
  });

  test('many requests at once are all served, and leave no descriptor open', async () => {
    const folder = createFolder();
    for (let index = 0; index < 20; index++)
      linkSync(join(folder, 'large.bin'), join(folder, `${index}.bin`));
    const before = openDescriptors();
    const port = await start(folder, mode);
    const paths = Array.from({ length: 60 }, (_, index) => (index % 3 === 0 ? 'medium' : String(index % 20)));
    const responses = await Promise.all(paths.map((name) => rawRequest(port, 'GET', `/s/${name}.bin`)));
    expect(responses.map(({ status }) => status)).toEqual(Array(60).fill(200));
    await eventually(() => {
      expect(openDescriptors()).toBeLessThanOrEqual(before + 2);
    }, 10);
  });
});

describe('an error of an operation in the thread pool', () => {
  afterEach(() => jest.restoreAllMocks());

  test.each([
    ['EACCES', 403],
    ['EIO', 500],
    ['ENOTDIR', 404],
  ])('%s of stat has the status %d', async (code, status) => {
    const port = await start(createFolder(), { io: 'async' });
    jest
      .spyOn(fs.promises, 'stat')
      .mockRejectedValue(Object.assign(new Error(code), { code, syscall: 'stat' }));
    expect((await rawRequest(port, 'GET', '/s/small.txt')).status).toBe(status);
  });

  test('a stat that takes too long is 503 with Retry-After', async () => {
    const port = await start(createFolder(), { io: 'async', timeout: 50 });
    jest.spyOn(fs.promises, 'stat').mockReturnValue(new Promise(() => undefined));
    const { status, headers } = await rawRequest(port, 'GET', '/s/small.txt');
    expect([status, headers['retry-after']]).toEqual([503, '1']);
  });
});

test.each([
  ['io', 'fast', "'auto' or 'sync' or 'async'"],
  ['names', true, "'exact' or 'any'"],
  ['timeout', 0, 'a whole number of milliseconds, 1 or more'],
  ['timeout', 2 ** 31, 'a whole number of milliseconds, 1 or more'],
])('the option %s with the value %p is a TypeError that names it', (name, value, expected) => {
  const options = { [name]: value } as SharedDataOptions;
  expect(() => new SharedDataMiddleware(null, {}, options)).toThrow(`option '${name}': expected ${expected}`);
});
