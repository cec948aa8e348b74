import { mkdirSync, symlinkSync } from 'node:fs';
import { basename, join } from 'node:path';
import { SharedDataMiddleware, type FileOptions, type SharedDataOptions } from '../../src/index';
import { folderWith } from '../support/files';

const CANARY = 'canary: outside of the root';
const parent = folderWith(
  {
    'outside/canary.txt': CANARY,
    'site-2/canary.txt': CANARY,
    'site/a.txt': 'content',
    'site/sub/b.txt': 'content',
    'site/.env': 'SECRET=1',
    'site/.git/config': 'secret',
    'site/%2e%2e/encoded.txt': 'content',
  },
  new Date(1.7e12),
);
const root = join(parent, 'site');
symlinkSync('../outside/canary.txt', join(root, 'link.txt'));
symlinkSync('../outside', join(root, 'link'));
symlinkSync('.env', join(root, 'visible.txt'));

/** The body of the response for a name, or null if there is no such file. */
async function textOf(
  filename: string,
  options: FileOptions,
  middleware: SharedDataOptions = {},
): Promise<string | null> {
  const shared = new SharedDataMiddleware(null, {}, middleware);
  const answer = await shared.answerFile({ method: 'GET', url: '/', headers: {} }, filename, options);
  if (answer === null) return null;
  const { body } = answer;
  if (!(body instanceof Uint8Array)) throw new Error('expected the body of a small file');
  return Buffer.from(body).toString();
}

describe('no name below a root leads out of it', () => {
  test.each([
    '../outside/canary.txt',
    'sub/../../outside/canary.txt',
    './../outside/canary.txt',
    '..\\outside\\canary.txt',
    'sub\\..\\..\\outside\\canary.txt',
    '%2e%2e/outside/canary.txt',
    '%2e%2e%2foutside%2fcanary.txt',
    '..%2foutside/canary.txt',
    '../site-2/canary.txt',
    join(parent, 'outside/canary.txt'),
    `/${join(parent, 'outside/canary.txt')}`,
    `file://${join(parent, 'outside/canary.txt')}`,
    'C:\\outside\\canary.txt',
    '../outside/canary.txt\0.txt',
    'a.txt\0/../../outside/canary.txt',
    'a.txt\0',
    '/a.txt',
    './a.txt',
    'sub//b.txt',
    'sub/./b.txt',
    'sub/../a.txt',
    `../${basename(root)}/a.txt`,
    'sub/b.txt/',
    '.',
    '..',
    '/',
    'x'.repeat(5000),
    '\ud800.txt',
  ])('%j', async (filename) => {
    expect(await textOf(filename, { root })).toBeNull();
    expect(await textOf(filename, { root: `${root}/` })).toBeNull();
  });
});

test('a name below a root is not decoded', async () => {
  expect(await textOf('%2e%2e/encoded.txt', { root })).toBe('content');
  expect(await textOf('%61.txt', { root })).toBeNull();
});

test.each([
  ['with ..', `${root}/../outside/canary.txt`],
  ['with .. at its end', `${root}/sub/..`],
  ['with NUL', `${root}/a.txt\0`],
  ['that is relative to the working directory', 'package.json'],
  ['that is a URL', `file://${root}/a.txt`],
])('without a root, a name %s is no file', async (_what, filename) => {
  expect(await textOf(filename, {})).toBeNull();
});

test('without a root, an absolute name may have a dot name above the file, and a link may lead anywhere', async () => {
  mkdirSync(join(parent, '.data'));
  symlinkSync('../outside/canary.txt', join(parent, '.data/link.txt'));
  expect(await textOf(join(parent, '.data/link.txt'), {}, { symlinks: 'inside' })).toBe(CANARY);
});

describe('links below a root', () => {
  test.each(['link.txt', 'link/canary.txt'])('that lead out of it are followed: %s', async (filename) => {
    expect(await textOf(filename, { root })).toBe(CANARY);
  });

  test.each(['link.txt', 'link/canary.txt', 'visible.txt'])(
    "are missing files with symlinks: 'inside' if they lead out of it or to a dotfile: %s",
    async (filename) => {
      expect(await textOf(filename, { root }, { symlinks: 'inside' })).toBeNull();
    },
  );
});

describe('a dotfile below a root', () => {
  test.each(['.env', '.git/config'])(
    'is missing, refused or sent, as the option says: %s',
    async (filename) => {
      expect(await textOf(filename, { root })).toBeNull();
      await expect(textOf(filename, { root }, { dotfiles: 'deny' })).rejects.toMatchObject({ status: 403 });
      expect(await textOf(filename, { root }, { dotfiles: 'allow' })).not.toBeNull();
    },
  );

  test('is found below a root that is itself in a dot directory', async () => {
    expect(await textOf('config', { root: join(root, '.git') })).toBe('secret');
  });
});
