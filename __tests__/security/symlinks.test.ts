import { spawn } from 'node:child_process';
import { once } from 'node:events';
import fs, { mkdirSync, renameSync, rmSync, symlinkSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { SharedDataMiddleware, type Exports, type SharedDataOptions } from '../../src';
import { folderWith, put } from '../support/files';
import { app, rawRequest, serve, type RawAnswer } from '../support/server';

const CANARY = 'canary: outside of what is exported';
const RESTED = new Date(1.7e12);

/** A folder to export, `site`, with links in it and out of it, beside what it must not lead to. */
function siteWithLinks(): { site: string; outside: string } {
  const parent = folderWith(
    {
      'outside/canary.txt': CANARY,
      'site/a.txt': 'a',
      'site/sub/b.txt': 'b',
      'site/app.js': 'script',
      'site-2/canary.txt': CANARY,
    },
    RESTED,
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

async function ask(
  target: string,
  exports: Exports,
  options = INSIDE,
  Middleware = SharedDataMiddleware,
): Promise<RawAnswer> {
  const { port } = await serve(new Middleware(app, exports, options).listener);
  return rawRequest(port, 'GET', target, [['Accept-Encoding', 'gzip']]);
}

function isApp({ status, body }: RawAnswer): boolean {
  return status === 404 && body.toString() === 'APP\n';
}

afterEach(() => jest.restoreAllMocks());

describe("a link out of the exported folder, with symlinks: 'inside' (srvx #252)", () => {
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
  ])('%s is as good as no file', async (target) => {
    const options = { ...INSIDE, index: 'index.html', extensions: ['html'] };
    expect(isApp(await ask(target, { '/s': site }, options))).toBe(true);
  });

  test('is no stored coding of a file either', async () => {
    const answer = await ask('/s/app.js', { '/s': site }, { ...INSIDE, precompressed: true });
    expect([answer.body.toString(), answer.headers['content-encoding']]).toEqual(['script', undefined]);
  });

  test('is refused in a package too', async () => {
    const options = { ...INSIDE, resolveFrom: join(site, '..') };
    put(join(site, '../node_modules/pkg/package.json'), '{"name":"pkg"}');
    put(join(site, '../node_modules/pkg/data/a.txt'), 'a');
    symlinkSync('../package.json', join(site, '../node_modules/pkg/data/out.json'));
    expect((await ask('/s/a.txt', { '/s': ['pkg', 'data'] }, options)).body.toString()).toBe('a');
    expect(isApp(await ask('/s/out.json', { '/s': ['pkg', 'data'] }, options))).toBe(true);
  });

  test('is followed unless asked otherwise, as Werkzeug does', async () => {
    expect((await ask('/s/out.txt', { '/s': site }, {})).body.toString()).toBe(CANARY);
    expect((await ask('/s/out-folder/canary.txt', { '/s': site }, {})).body.toString()).toBe(CANARY);
  });

  test('is no way out for an opener of a loader of its own, which knows no folder but that of the file', async () => {
    class Own extends SharedDataMiddleware {
      override getDirectoryLoader(directory: string) {
        return (path: string | null) => [path ?? '', this.opener(join(directory, path ?? ''))] as const;
      }
    }
    expect((await ask('/s/a.txt', { '/s': site }, INSIDE, Own)).body.toString()).toBe('a');
    expect(isApp(await ask('/s/out.txt', { '/s': site }, INSIDE, Own))).toBe(true);
  });

  test('may be what is exported itself: a folder, or a file of its own', async () => {
    const folder = join(site, '../link-to-site');
    symlinkSync('site', folder);
    expect((await ask('/s/a.txt', { '/s': folder })).body.toString()).toBe('a');
    expect((await ask('/file', { '/file': join(site, 'out.txt') })).body.toString()).toBe(CANARY);
  });

  test('was led out only after its content had been kept: the next request sees it', async () => {
    const { port } = await serve(new SharedDataMiddleware(app, { '/s': site }, INSIDE).listener);
    const link = join(site, 'moving');
    symlinkSync('sub', link);
    expect((await rawRequest(port, 'GET', '/s/moving/b.txt')).body.toString()).toBe('b');
    renameSync(join(site, 'sub'), join(outside, 'sub'));
    rmSync(link);
    symlinkSync(join(outside, 'sub'), link);
    expect(isApp(await rawRequest(port, 'GET', '/s/moving/b.txt'))).toBe(true);
    renameSync(join(outside, 'sub'), join(site, 'sub'));
  });
});

describe("a link within the exported folder, with symlinks: 'inside'", () => {
  const { site } = siteWithLinks();

  test.each([
    ['/s/in.txt', 'b'],
    ['/s/in-absolute.txt', 'a'],
    ['/s/in-folder/b.txt', 'b'],
  ])('%s is followed', async (target, content) => {
    expect((await ask(target, { '/s': site })).body.toString()).toBe(content);
  });

  test('is followed below the root of the file system too', async () => {
    expect((await ask(`/s${join(site, 'in.txt')}`, { '/s': '/' })).body.toString()).toBe('b');
  });
});

describe('a link that is swapped between the look and the opening', () => {
  test.each(['as Linux tells it', 'by its name, where the system does not tell'])(
    'is judged by what was opened, %s',
    async (way) => {
      const { site } = siteWithLinks();
      const folder = join(site, 'folder');
      mkdirSync(folder);
      put(join(folder, 'canary.txt'), 'harmless');
      class Swapped extends SharedDataMiddleware {
        override isAllowed(): boolean {
          renameSync(folder, join(site, 'was-folder'));
          symlinkSync('../outside', folder);
          return true;
        }
      }
      if (way.startsWith('by')) {
        jest.spyOn(fs, 'readlinkSync').mockImplementation(() => {
          throw new Error('no /proc here');
        });
      }
      expect(isApp(await ask('/s/folder/canary.txt', { '/s': site }, INSIDE, Swapped))).toBe(true);
      expect((await ask('/s/a.txt', { '/s': site })).body.toString()).toBe('a');
    },
  );

  test('all the time, by another process, never leads out', async () => {
    const { site } = siteWithLinks();
    put(join(site, 'real/canary.txt'), 'harmless');
    symlinkSync('real', join(site, 'folder'));
    const swap = `
      const { renameSync, symlinkSync } = require('node:fs');
      process.on('disconnect', () => process.exit());
      const turn = (at) => {
        symlinkSync(at % 2 ? 'real' : '../outside', 'next');
        renameSync('next', 'folder');
        setImmediate(turn, at + 1);
      };
      turn(0);
      process.send('swapping');`;
    const swapper = spawn(process.execPath, ['-e', swap], {
      cwd: site,
      stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
    });
    await once(swapper, 'message');
    const { port } = await serve(new SharedDataMiddleware(app, { '/s': site }, INSIDE).listener);
    const seen = new Map<string, number>();
    for (let request = 0; request < 1500; request++) {
      const body = (await rawRequest(port, 'GET', '/s/folder/canary.txt')).body.toString();
      seen.set(body, (seen.get(body) ?? 0) + 1);
    }
    swapper.disconnect();
    await once(swapper, 'exit');
    expect([...seen.keys()].sort()).toEqual(['APP\n', 'harmless']);
  }, 60_000);
});
