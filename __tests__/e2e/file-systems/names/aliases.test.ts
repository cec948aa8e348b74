import { mkdirSync, statSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import {
  SharedDataMiddleware,
  type ExportTarget,
  type FileLookup,
  type SharedDataOptions,
} from '../../../../src/index';
import { app } from '../../../support/server';
import { fileSystems, writeFixture } from './support/file-systems';
import { mountDuringTests } from './support/mount';
import { ANY_NAMES, FRONT_ENDS, isFromApp, start } from './support/servers';

/** The fixture is in this directory of the file system. */
const SITE = 'disk/site';

class WithoutMaps extends SharedDataMiddleware {
  override isAllowed(filename: string, { path }: FileLookup): boolean {
    return !filename.endsWith('.map') && !filename.startsWith('clé') && path?.startsWith('secret') !== true;
  }
}

interface Policy {
  readonly options?: SharedDataOptions;
  readonly Middleware?: typeof SharedDataMiddleware;
  /** What is exported at `/s`, if not the fixture. */
  readonly target?: (local: string) => ExportTarget;
  /** Where the fixture is below the export. */
  readonly below?: string;
  readonly headers?: Record<string, string>;
  /** What a client requests for a path. */
  readonly toTarget?: (path: string) => string;
  readonly served: readonly string[];
  readonly withheld: readonly string[];
}

const maps = ['app.js.map', 'longfilename.js.map'];
const secrets = ['secret-things/key.txt', 'secret-things/deep-inside/key.txt', 'été/clé-privée.txt'];
const denied = ['*.map', 'secret-things/', 'clé*', 'secret.js'];

const policies: Record<string, Policy> = {
  'isAllowed, overridden': {
    Middleware: WithoutMaps,
    served: ['app.js', 'assets-of-build/bundle-1.js', 'été/résumé.txt', 'ελλάδα/ωμέγα.txt'],
    withheld: [...maps, ...secrets],
  },
  disallow: {
    options: { disallow: denied },
    served: ['app.js', 'assets-of-build/bundle-1.js', 'été/résumé.txt', 'ελλάδα/ωμέγα.txt'],
    withheld: [...maps, ...secrets],
  },
  'dotfiles: ignore': { served: ['app.js'], withheld: ['.env', '.git/config'] },
  immutable: { options: { immutable: /^assets-of/ }, served: ['assets-of-build/bundle-1.js'], withheld: [] },
  precompressed: {
    options: { precompressed: true, disallow: denied },
    headers: { 'Accept-Encoding': 'br' },
    served: ['app.js', 'app.js.br'],
    withheld: ['secret.js', 'secret.js.br', 'app.js.map'],
  },
  index: {
    options: { index: 'index.html' },
    served: ['documents/', 'documents/index.html'],
    withheld: [],
  },
  extensions: {
    options: { extensions: ['html', 'HTM'] },
    toTarget: (path) => path.replace(/\.html?$/i, ''),
    served: ['welcome-page.html'],
    withheld: [],
  },
  sendfile: {
    options: {
      sendfile: { header: 'X-Accel-Redirect', from: '/', to: '/internal/' },
      disallow: denied,
    },
    served: ['app.js', 'assets-of-build/bundle-1.js'],
    withheld: [...maps, ...secrets],
  },
  'an exported package': {
    options: { disallow: denied },
    target: () => ['lib', ''],
    served: ['static-files/lib.js'],
    withheld: ['static-files/lib.js.map'],
  },
  'a mount point in an exported local directory': {
    options: { disallow: [...denied, '**/secret-things/'] },
    target: (local) => local,
    below: SITE,
    served: ['app.js', 'assets-of-build/bundle-1.js'],
    withheld: [...maps, ...secrets],
  },
  'a symbolic link in a local directory': {
    options: { disallow: [...denied, '**/secret-things/'] },
    target: (local) => join(local, 'public'),
    below: 'link',
    served: ['app.js', 'assets-of-build/bundle-1.js'],
    withheld: [...maps, ...secrets],
  },
  "a symbolic link with symlinks: 'inside'": {
    options: { disallow: [...denied, '**/secret-things/'], symlinks: 'inside' },
    target: (local) => local,
    below: 'public/link',
    served: ['app.js', 'assets-of-build/bundle-1.js'],
    withheld: [...maps, ...secrets],
  },
};

function unchanged(path: string): string {
  return path;
}

describe.each(Object.entries(fileSystems))('%s', (_name, fileSystem) => {
  const local = mountDuringTests(fileSystem);
  const site = join(local, SITE);

  beforeAll(() => {
    writeFixture(site, fileSystem.prepare);
    mkdirSync(join(local, 'public'));
    symlinkSync(site, join(local, 'public', 'link'));
  });

  function create(policy: Policy, more: SharedDataOptions = {}): SharedDataMiddleware {
    const { options, Middleware = SharedDataMiddleware, target = () => site } = policy;
    return new Middleware(app, { '/s': target(local) }, { resolveFrom: site, ...options, ...more });
  }

  /** The targets of the aliases of a path. The file system finds something by each of them. */
  function aliasesOf(path: string, { target, below = '', toTarget = unchanged }: Policy): string[] {
    const isPackage = Array.isArray(target?.(local));
    const aliases = fileSystem.aliases(path);
    for (const alias of aliases) statSync(join(site, isPackage ? 'node_modules/lib' : '', alias));
    const targets = aliases.map((alias) => join(below, toTarget(alias)));
    return targets.filter((one) => one !== join(below, toTarget(path)));
  }

  describe.each(Object.entries(policies))('with %s', (_policy, policy) => {
    const { below = '', headers, toTarget = unchanged, served, withheld } = policy;

    test.each(FRONT_ENDS)('a file is served only at the name in its directory: %s', async (frontEnd) => {
      const get = await start(frontEnd, create(policy));
      for (const path of served) {
        const { status } = await get(join(below, toTarget(path)), headers);
        expect([path, status]).toEqual([path, 200]);
      }
      for (const path of withheld) {
        expect([path, isFromApp(await get(join(below, toTarget(path)), headers))]).toEqual([path, true]);
      }
      for (const alias of [...served, ...withheld].flatMap((path) => aliasesOf(path, policy))) {
        expect([alias, isFromApp(await get(alias, headers))]).toEqual([alias, true]);
      }
    });

    test.each(FRONT_ENDS)("names: 'any' serves a public file at all its names: %s", async (frontEnd) => {
      const get = await start(frontEnd, create(policy, ANY_NAMES));
      for (const path of served) {
        for (const target of [join(below, toTarget(path)), ...aliasesOf(path, policy)]) {
          const { status } = await get(target, headers);
          expect([target, status]).toEqual([target, 200]);
        }
      }
      for (const path of withheld) {
        expect([path, isFromApp(await get(join(below, toTarget(path)), headers))]).toEqual([path, true]);
      }
    });
  });
});
