import { join } from 'node:path';
import {
  SharedDataMiddleware,
  type ExportTarget,
  type FileLookup,
  type SharedDataOptions,
} from '../../../../../src/index';

/** The fixture is in this directory of the local one. */
export const SITE = 'disk/site';

class WithoutMaps extends SharedDataMiddleware {
  override isAllowed(filename: string, { path }: FileLookup): boolean {
    return !filename.endsWith('.map') && !filename.startsWith('clé') && path?.startsWith('secret') !== true;
  }
}

/** Decides by name which files are served, and how. */
export interface Policy {
  readonly options?: SharedDataOptions;
  readonly Middleware?: typeof SharedDataMiddleware;
  /** What is exported at `/s`, if not the fixture: in the local directory, or a package in the fixture. */
  readonly target?: string | readonly ['lib', ''];
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

export const policies: Record<string, Policy> = {
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
    target: ['lib', ''],
    served: ['static-files/lib.js'],
    withheld: ['static-files/lib.js.map'],
  },
  'a mount point in an exported local directory': {
    options: { disallow: [...denied, '**/secret-things/'] },
    target: '',
    below: SITE,
    served: ['app.js', 'assets-of-build/bundle-1.js'],
    withheld: [...maps, ...secrets],
  },
  'a symbolic link in a local directory': {
    options: { disallow: [...denied, '**/secret-things/'] },
    target: 'public',
    below: 'link',
    served: ['app.js', 'assets-of-build/bundle-1.js'],
    withheld: [...maps, ...secrets],
  },
  "a symbolic link with symlinks: 'inside'": {
    options: { disallow: [...denied, '**/secret-things/'], symlinks: 'inside' },
    target: '',
    below: 'public/link',
    served: ['app.js', 'assets-of-build/bundle-1.js'],
    withheld: [...maps, ...secrets],
  },
};

/** What a policy exports, with the local directory in front. */
export function exported({ target = SITE }: Policy, local: string): ExportTarget {
  return typeof target === 'string' ? join(local, target) : target;
}
