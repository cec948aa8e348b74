import { spawn } from 'node:child_process';
import { once } from 'node:events';
import fs, { mkdirSync, renameSync, rmSync, symlinkSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { SharedDataMiddleware, type Exports, type Opener, type SharedDataOptions } from '../../src';
import { folderWith, put } from '../support/files';
import { app, rawRequest, serve, type RawAnswer } from '../support/server';

const CANARY = 'canary: outside of what is exported';
const OLD_MTIME = new Date(1.7e12);

/** Creates the directory `site`, with links that stay inside it and links that leave it. */
function siteWithLinks(): { site: string; outside: string } {
  const parent = folderWith(
    {
      'outside/canary.txt': CANARY,
      'site/a.txt': 'a',
      'site/sub/b.txt': 'b',
      'site/app.js': 'script',
      'site-2/canary.txt': CANARY,
    },
    OLD_MTIME,
  );
  const site = join(parent, 'site');
  const outside = join(parent, 'outside');
  const links = {
    'in.txt': 'sub/b.txt',
    'in-absolute.txt': join(site, 'a.txt'),
    'in-folder': 'sub',
    'out.txt': '../outside/canary.txt',
    'out-absolute.txt': join(outside, 'canary.txt'),
    'out-folder': '../outside',
    'sub/chain': '../out-folder',
    'neighbour.txt': '../site-2/canary.txt',
    'docs/index.html': '../../outside/canary.txt',
    'page.html': '../outside/canary.txt',
    'app.js.gz': '../outside/canary.txt',
    'loop.txt': 'loop.txt',
    'dangling.txt': 'nothing',
  };
  for (const [name, target] of Object.entries(links)) {
    mkdirSync(dirname(join(site, name)), { recursive: true });
    symlinkSync(target, join(site, name));
  }
  return { site, outside };
}

const INSIDE: SharedDataOptions = { symlinks: 'inside' };

async function get(
  target: string,
  exports: Exports,
  options = INSIDE,
  Middleware = SharedDataMiddleware,
): Promise<RawAnswer> {
  const { port } = await serve(new Middleware(app, exports, options).listener);
  return rawRequest(port, 'GET', target, [['Accept-Encoding', 'gzip']]);
}

function isFromApp({ status, body }: RawAnswer): boolean {
  return status === 404 && body.toString() === 'APP\n';
}

afterEach(() => jest.restoreAllMocks());

describe('a link out of the exported directory (srvx #252)', () => {
  const { site, outside } = siteWithLinks();

  test.each([
    '/s/out.txt',
    '/s/out-absolute.txt',
    '/s/out-folder/canary.txt',
    '/s/sub/chain/canary.txt',
    '/s/neighbour.txt',
    '/s/loop.txt',
    '/s/dangling.txt',
    '/s/docs/',
    '/s/docs',
    '/s/page',
  ])("with symlinks: 'inside', is treated as a missing file: %s", async (target) => {
    const options = { ...INSIDE, index: 'index.html', extensions: ['html'] };
    expect(isFromApp(await get(target, { '/s': site }, options))).toBe(true);
  });

  test("with symlinks: 'inside', is not used as an encoded file", async () => {
    const response = await get('/s/app.js', { '/s': site }, { ...INSIDE, precompressed: true });
    expect([response.body.toString(), response.headers['content-encoding']]).toEqual(['script', undefined]);
  });

  test("with symlinks: 'inside', is treated as a missing file in a package too", async () => {
    const options = { ...INSIDE, resolveFrom: join(site, '..') };
    put(join(site, '../node_modules/pkg/package.json'), '{"name":"pkg"}');
    put(join(site, '../node_modules/pkg/data/a.txt'), 'a');
    symlinkSync('../package.json', join(site, '../node_modules/pkg/data/out.json'));
    expect((await get('/s/a.txt', { '/s': ['pkg', 'data'] }, options)).body.toString()).toBe('a');
    expect(isFromApp(await get('/s/out.json', { '/s': ['pkg', 'data'] }, options))).toBe(true);
  });

  test('is followed by default, as in Werkzeug', async () => {
    expect((await get('/s/out.txt', { '/s': site }, {})).body.toString()).toBe(CANARY);
    expect((await get('/s/out-folder/canary.txt', { '/s': site }, {})).body.toString()).toBe(CANARY);
  });

  test("with symlinks: 'inside', is treated as a missing file by the opener of a custom loader", async () => {
    class CustomLoader extends SharedDataMiddleware {
      override getDirectoryLoader(directory: string) {
        return (path: string | null) => [path ?? '', this.opener(join(directory, path ?? ''))] as const;
      }
    }
    expect((await get('/s/a.txt', { '/s': site }, INSIDE, CustomLoader)).body.toString()).toBe('a');
    expect(isFromApp(await get('/s/out.txt', { '/s': site }, INSIDE, CustomLoader))).toBe(true);
  });

  test('is followed if the link itself is exported', async () => {
    const folder = join(site, '../link-to-site');
    symlinkSync('site', folder);
    expect((await get('/s/a.txt', { '/s': folder })).body.toString()).toBe('a');
    expect((await get('/file', { '/file': join(site, 'out.txt') })).body.toString()).toBe(CANARY);
  });

  test("with symlinks: 'inside', is detected at the next request if it has changed", async () => {
    const { port } = await serve(new SharedDataMiddleware(app, { '/s': site }, INSIDE).listener);
    const link = join(site, 'moving');
    symlinkSync('sub', link);
    expect((await rawRequest(port, 'GET', '/s/moving/b.txt')).body.toString()).toBe('b');
    renameSync(join(site, 'sub'), join(outside, 'sub'));
    rmSync(link);
    symlinkSync(join(outside, 'sub'), link);
    expect(isFromApp(await rawRequest(port, 'GET', '/s/moving/b.txt'))).toBe(true);
    renameSync(join(outside, 'sub'), join(site, 'sub'));
  });
});

describe("a link inside the exported directory, with symlinks: 'inside'", () => {
  const { site } = siteWithLinks();

  test.each([
    ['/s/in.txt', 'b'],
    ['/s/in-absolute.txt', 'a'],
    ['/s/in-folder/b.txt', 'b'],
  ])('is followed: %s', async (target, content) => {
    expect((await get(target, { '/s': site })).body.toString()).toBe(content);
  });

  test('is followed if the root of the file system is exported', async () => {
    expect((await get(`/s${join(site, 'in.txt')}`, { '/s': '/' })).body.toString()).toBe('b');
  });
});

describe("with symlinks: 'inside', a link inside the directory to a dotfile", () => {
  const site = folderWith({ '.env': CANARY, '.git/config': CANARY, 'a.txt': 'a', 'app.js': 'script' });
  const links = {
    'alias.txt': '.env',
    'chain.txt': 'alias.txt',
    repository: '.git',
    'app.js.gz': '.env',
    '.hidden.txt': 'a.txt',
    '.twice': '.env',
    'known.txt': '.well-known/known.txt',
    '..data': '..2026_01_31',
    'mounted.txt': '..data/mounted.txt',
  };
  put(join(site, '.well-known/known.txt'), 'known');
  put(join(site, '..2026_01_31/mounted.txt'), 'mounted');
  for (const [name, target] of Object.entries(links)) symlinkSync(target, join(site, name));

  test.each<[SharedDataOptions['dotfiles'], string, number]>([
    ['ignore', '/s/alias.txt', 404],
    ['ignore', '/s/chain.txt', 404],
    ['ignore', '/s/repository/config', 404],
    ['ignore', '/s/.hidden.txt', 404],
    ['deny', '/s/alias.txt', 403],
    ['deny', '/s/repository/config', 403],
    ['deny', '/s/.hidden.txt', 403],
    ['allow', '/s/alias.txt', 200],
    ['allow', '/s/repository/config', 200],
    ['allow', '/s/.twice', 200],
  ])('is a dotfile with dotfiles: %j: %s responds %d', async (dotfiles, target, status) => {
    expect((await get(target, { '/s': site }, { ...INSIDE, dotfiles })).status).toBe(status);
  });

  test('is not used as an encoded file', async () => {
    const response = await get('/s/app.js', { '/s': site }, { ...INSIDE, precompressed: true });
    expect([response.body.toString(), response.headers['content-encoding']]).toEqual(['script', undefined]);
  });

  test('is served if it leads below .well-known, or through the names of a Kubernetes ConfigMap', async () => {
    expect((await get('/s/known.txt', { '/s': site })).body.toString()).toBe('known');
    expect((await get('/s/mounted.txt', { '/s': site })).body.toString()).toBe('mounted');
  });

  test('is served if the link or the directory of the dotfile is exported', async () => {
    const exports = { '/file': join(site, 'alias.txt'), '/git': join(site, '.git') };
    expect((await get('/file', exports)).body.toString()).toBe(CANARY);
    expect((await get('/git/config', exports)).body.toString()).toBe(CANARY);
  });

  test('is served if a custom loader opens the dotfile by its name', async () => {
    class CustomLoader extends SharedDataMiddleware {
      override getDirectoryLoader(directory: string) {
        return () => ['env.txt', this.opener(join(directory, '.env'))] as const;
      }
    }
    expect((await get('/s/env', { '/s': site }, INSIDE, CustomLoader)).body.toString()).toBe(CANARY);
  });
});

describe("with symlinks: 'inside', a link that is replaced between stat and open", () => {
  test.each(['with /proc', 'without /proc'])('is checked by the path of the open file, %s', async (proc) => {
    const { site } = siteWithLinks();
    const folder = join(site, 'folder');
    mkdirSync(folder);
    put(join(folder, 'canary.txt'), 'harmless');
    class ReplacesLink extends SharedDataMiddleware {
      override isAllowed(): boolean {
        renameSync(folder, join(site, 'was-folder'));
        symlinkSync('../outside', folder);
        return true;
      }
    }
    if (proc === 'without /proc') {
      jest.spyOn(fs, 'readlinkSync').mockImplementation(() => {
        throw new Error('no /proc here');
      });
    }
    expect(isFromApp(await get('/s/folder/canary.txt', { '/s': site }, INSIDE, ReplacesLink))).toBe(true);
    expect((await get('/s/a.txt', { '/s': site })).body.toString()).toBe('a');
  });

  test.each(['with /proc', 'without /proc'])('never leads to a dotfile, %s', async (proc) => {
    const { site } = siteWithLinks();
    put(join(site, 'moving.txt'), 'harmless');
    put(join(site, '.env'), CANARY);
    class ReplacesFile extends SharedDataMiddleware {
      override isAllowed(): boolean {
        rmSync(join(site, 'moving.txt'));
        symlinkSync('.env', join(site, 'moving.txt'));
        return true;
      }
    }
    if (proc === 'without /proc') {
      jest.spyOn(fs, 'readlinkSync').mockImplementation(() => {
        throw new Error('no /proc here');
      });
    }
    expect(isFromApp(await get('/s/moving.txt', { '/s': site }, INSIDE, ReplacesFile))).toBe(true);
  });

  test('never leaves the exported directory, even if another process replaces it continuously', async () => {
    const { site } = siteWithLinks();
    put(join(site, 'real/canary.txt'), 'harmless');
    symlinkSync('real', join(site, 'folder'));
    const script = `
      const { renameSync, symlinkSync } = require('node:fs');
      process.on('disconnect', () => process.exit());
      const replace = (at) => {
        symlinkSync(at % 2 ? 'real' : '../outside', 'next');
        renameSync('next', 'folder');
        setImmediate(replace, at + 1);
      };
      replace(0);
      process.send('swapping');`;
    const replacer = spawn(process.execPath, ['-e', script], {
      cwd: site,
      stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
    });
    await once(replacer, 'message');
    const { port } = await serve(new SharedDataMiddleware(app, { '/s': site }, INSIDE).listener);
    const seen = new Map<string, number>();
    for (let request = 0; request < 1500; request++) {
      const body = (await rawRequest(port, 'GET', '/s/folder/canary.txt')).body.toString();
      seen.set(body, (seen.get(body) ?? 0) + 1);
    }
    replacer.disconnect();
    await once(replacer, 'exit');
    expect([...seen.keys()].sort()).toEqual(['APP\n', 'harmless']);
  }, 60_000);
});

test('an override of opener that does not pass on the root keeps the file inside of the export', async () => {
  const { site } = siteWithLinks();
  let target = '../../outside';
  /** Replaces a link to a directory between `stat` and the opening of the file. */
  class Racing extends SharedDataMiddleware {
    override opener(filename: string): Opener {
      const open = super.opener(filename);
      return () => {
        rmSync(join(site, 'sub/raced'), { force: true });
        symlinkSync(target, join(site, 'sub/raced'));
        return open();
      };
    }
  }
  symlinkSync('.', join(site, 'sub/raced'));
  put(join(site, 'sub/canary.txt'), 'inside');
  const options: SharedDataOptions = { symlinks: 'inside', memoryLimit: 0 };
  const answer = await get('/s/sub/raced/canary.txt', { '/s': site }, options, Racing);
  expect(answer.body.toString()).not.toContain(CANARY);
  target = '.';
  rmSync(join(site, 'sub/raced'), { force: true });
  symlinkSync('.', join(site, 'sub/raced'));
  expect((await get('/s/sub/raced/canary.txt', { '/s': site }, options, Racing)).body.toString()).toBe(
    'inside',
  );
});
