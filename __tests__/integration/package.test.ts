import { mkdirSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { SharedDataMiddleware, type SharedDataOptions } from '../../src/index';
import { packageDirectory } from '../../src/load/loaders/package-directory';
import { folderWith } from '../support/files';
import { app, rawRequest, serve } from '../support/server';
import { PROJECT } from '../support/root';

const hiding = JSON.stringify({ name: 'hiding', exports: { '.': './index.js' } });

const root = folderWith({
  'package.json': JSON.stringify({ name: 'the-app', workspaces: ['packages/*'] }),
  'static/own.txt': 'own',
  'src/main.js': '',
  'src/package.json': '{"type":"module"}',
  'node_modules/plain/package.json': '{"name":"plain"}',
  'node_modules/plain/static/p.txt': 'plain',
  'node_modules/plain/themes/dark/d.css': 'dark',
  'node_modules/plain/.private/x': 'private',
  'node_modules/hiding/package.json': hiding,
  'node_modules/hiding/static/h.txt': 'hiding',
  'node_modules/@scope/name/package.json': '{"name":"@scope/name"}',
  'node_modules/@scope/name/static/s.txt': 'scoped',
  'node_modules/.store/linked@1/node_modules/linked/package.json': '{"name":"linked"}',
  'node_modules/.store/linked@1/node_modules/linked/static/l.txt': 'linked',
  'packages/inner/package.json': '{"name":"inner"}',
  'packages/inner/static/i.txt': 'inner',
  'packages/broken/package.json': '{',
});
symlinkSync('.store/linked@1/node_modules/linked', join(root, 'node_modules/linked'));
symlinkSync('../packages/inner', join(root, 'node_modules/inner'));

async function get(
  name: string,
  path: string,
  target: string,
  options: SharedDataOptions = {},
): Promise<string> {
  const shared = new SharedDataMiddleware(app, { '/p': [name, path] }, { resolveFrom: root, ...options });
  const { port } = await serve(shared.listener);
  return (await rawRequest(port, 'GET', `/p${target}`)).body.toString();
}

describe('files are served from', () => {
  test.each([
    ['an installed package', 'plain', 'static', '/p.txt', 'plain'],
    ['a package whose exports field hides the file', 'hiding', 'static', '/h.txt', 'hiding'],
    ['a scoped package', '@scope/name', 'static', '/s.txt', 'scoped'],
    ['a package linked from a store, as pnpm installs', 'linked', 'static', '/l.txt', 'linked'],
    ['a workspace', 'inner', 'static', '/i.txt', 'inner'],
    ["the app's own package", 'the-app', 'static', '/own.txt', 'own'],
    ['a directory in a package', 'plain/themes', 'dark/', '/d.css', 'dark'],
    ['a whole package', 'plain', '', '/static/p.txt', 'plain'],
    ['one file of a package', 'plain', 'static/p.txt', '', 'plain'],
  ])('%s', async (_what, name, path, target, content) => {
    expect(await get(name, path, target)).toBe(content);
  });
});

describe('a package is resolved from', () => {
  test.each<[string, string | URL, string]>([
    ['a directory', root, 'plain'],
    ['a file', join(root, 'src/main.js'), 'plain'],
    ['a file: URL', pathToFileURL(join(root, 'src/main.js')).href, 'plain'],
    ['a URL', pathToFileURL(join(root, 'src/main.js')), 'plain'],
    ['a file below a package.json without a name', join(root, 'src/main.js'), 'the-app'],
    ['a directory with an invalid package.json', join(root, 'packages/broken'), 'the-app'],
  ])('%s', (_what, resolveFrom, name) => {
    expect(packageDirectory(name, resolveFrom)).toContain(name === 'the-app' ? root : 'plain');
  });

  test('the main module by default', () => {
    expect(packageDirectory('shared-data-middleware', undefined)).toBe(PROJECT);
    expect(packageDirectory('minimatch', undefined)).toBe(join(PROJECT, 'node_modules/minimatch'));
  });

  test('the nearest package.json with a name, and from none above it', () => {
    mkdirSync(join(root, 'packages/inner/src'));
    expect(() => packageDirectory('the-app', join(root, 'packages/inner/src'))).toThrow(
      "package 'the-app' was not found",
    );
  });
});

describe('the constructor throws for the invalid package export', () => {
  test.each([
    [
      'missing',
      'static',
      `package 'missing' was not found; looked in ${root}, ${join(root, 'node_modules')}`,
    ],
    ['plain/none', 'static', "package 'plain' has no folder"],
    ['../plain', 'static', "such as 'pkg', '@scope/pkg' or 'pkg/folder', got '../plain'"],
    ['plain/../hiding', 'static', "got 'plain/../hiding'"],
    ['', 'static', "got ''"],
    ['@scope', 'static', "got '@scope'"],
    ['plain', '../hiding', "expected a path inside the package 'plain', such as 'static', got '../hiding'"],
    ['plain', '/etc', "got '/etc'"],
  ])('[%j, %j]', (name, path, message) => {
    expect(() => new SharedDataMiddleware(null, { '/p': [name, path] }, { resolveFrom: root })).toThrow(
      message,
    );
  });
});

test('a request cannot leave the exported directory of a package or read dotfiles in it', async () => {
  for (const target of ['/../package.json', '/..%2fpackage.json', '/.', '/../.private/x']) {
    expect(await get('plain', 'static', target)).toBe('APP\n');
  }
  expect(await get('plain', '', '/.private/x')).toBe('APP\n');
  expect(await get('plain', '', '/.private/x', { dotfiles: 'allow' })).toBe('private');
});
