import fs, {
  mkdirSync,
  readdirSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { Disks } from '../../../../src/load/disk/disks';
import { ExactNames } from '../../../../src/load/files/exact-names';
import { versionOf as versionOfStats } from '../../../../src/load/files/file-version';
import { Rested } from '../../../../src/load/files/rested';
import { folderWith } from '../../../support/files';

const originalPlatform = process.platform;

function setPlatform(value: NodeJS.Platform): void {
  Object.defineProperty(process, 'platform', { value });
}

/** Whether names are exact in a directory, with synchronous operations. */
function checkerOf(root: string, hasVerified = false): (path: string) => boolean {
  const disks = new Disks({ io: 'sync', timeout: 10_000 });
  disks.addRoot(root);
  const names = new ExactNames(disks, new Rested(), { has: () => hasVerified });
  return (path) => {
    const filename = join(root, path);
    const stats = statSync(filename, { bigint: true, throwIfNoEntry: false });
    if (stats === undefined) return false;
    return names.isExact(filename, root, versionOfStats(stats)) as boolean;
  };
}

/** Makes the file system seem old, so that its times are trusted. */
function ageFiles(): void {
  const time = Date.now() + 10_000;
  jest.spyOn(Date, 'now').mockReturnValue(time);
}

afterEach(() => {
  jest.restoreAllMocks();
  setPlatform(originalPlatform);
});

/** Both names exist here, but one is not listed, as on a file system that knows one file by both. */
function expectAliasRefused(listed: string, alias: string): void {
  const root = folderWith({ [listed]: '', [alias]: '' });
  const listing = readdirSync(root).filter((name) => name !== alias.split('/')[0]);
  const isExact = checkerOf(root);
  jest.spyOn(fs, 'readdirSync').mockReturnValue(listing as never);
  expect(isExact(alias)).toBe(false);
}

test.each([
  ['a short name', 'long file name.js', 'LONGFI~1.JS'],
  ['a name with a stream', 'app.js', 'app.js:'],
])('where file systems may have more than aliases by case, %s is not exact', (_what, listed, alias) => {
  setPlatform('win32');
  expectAliasRefused(listed, alias);
});

describe.each(['linux', 'darwin'] as const)('on %s', (platform) => {
  beforeEach(() => {
    setPlatform(platform);
  });

  test.each(['a.txt', 'A.txt', 'folder/b.txt', 'folder', '123', 'é.txt', 'a b~1.js'])(
    '%s is exact',
    (path) => {
      const root = folderWith({
        'a.txt': 'a',
        'A.txt': 'A',
        'folder/b.txt': 'b',
        '123': '',
        'é.txt': '',
        'a b~1.js': '',
      });
      expect(checkerOf(root)(path)).toBe(true);
    },
  );

  test.each([
    ['a file', 'app.js', 'APP.JS'],
    ['a directory', 'folder/app.js', 'FOLDER/app.js'],
    ['a name that is not ASCII', 'é.js', 'É.js'],
    ['a name of digits', '1\u200d2', '12'],
  ])('another name for %s is not exact', (_what, listed, alias) => {
    expectAliasRefused(listed, alias);
  });

  test('a case-only rename is seen at once', () => {
    const root = folderWith({ 'app.js': '' });
    const isExact = checkerOf(root);
    expect(isExact('app.js')).toBe(true);
    renameSync(join(root, 'app.js'), join(root, 'App.js'));
    expect(isExact('App.js')).toBe(true);
    expect(isExact('app.js')).toBe(false);
  });

  test('files that are created and deleted are seen at once, in an old directory and in a new one', () => {
    const root = folderWith({ 'a.txt': '' });
    const isExact = checkerOf(root);
    expect(isExact('a.txt')).toBe(true);
    for (let round = 0; round < 3; round++) {
      writeFileSync(join(root, 'b.txt'), '');
      expect(isExact('b.txt')).toBe(true);
      rmSync(join(root, 'b.txt'));
      expect(isExact('b.txt')).toBe(false);
      mkdirSync(join(root, `folder-${round}`));
      expect(isExact(`folder-${round}`)).toBe(true);
      ageFiles();
    }
  });
});

test.each([
  ['leads nowhere', 'missing'],
  ['leads to itself', 'APP.JS'],
  ['may not be followed', '/proc/self/fd/0/file'],
])('a name is exact beside a link in another case that %s', (_where, target) => {
  const root = folderWith({ 'app.js': '' });
  symlinkSync(target, join(root, 'APP.JS'));
  const stat = jest.spyOn(fs, 'statSync');
  expect(checkerOf(root)('app.js')).toBe(true);
  expect(stat).not.toHaveBeenCalledWith(join(root, 'APP.JS'), expect.anything());
});

describe('system calls', () => {
  test('a file that is kept was verified, and needs none', () => {
    const root = folderWith({ 'folder/app.js': '' });
    const isExact = checkerOf(root, true);
    const statfs = jest.spyOn(fs, 'statfsSync');
    expect(isExact('folder/app.js')).toBe(true);
    expect(statfs).not.toHaveBeenCalled();
  });

  test('what is known about a directory is used for all its files, for a second', async () => {
    const root = folderWith({ 'folder/app.js': '', 'folder/page.js': '' });
    const isExact = checkerOf(root);
    expect(isExact('folder/app.js')).toBe(true);
    const statfs = jest.spyOn(fs, 'statfsSync');
    const lstat = jest.spyOn(fs, 'lstatSync');
    expect(isExact('folder/page.js')).toBe(true);
    expect(statfs).not.toHaveBeenCalled();
    expect(lstat).not.toHaveBeenCalled();
    await setTimeout(1100);
    expect(isExact('folder/page.js')).toBe(true);
    expect(statfs).toHaveBeenCalled();
    expect(lstat).toHaveBeenCalled();
  });

  test('the names of a directory that has not changed are read once', () => {
    setPlatform('darwin');
    const root = folderWith({ 'a.js': '', 'b.js': '' }, new Date(1e12));
    const isExact = checkerOf(root);
    ageFiles();
    const readdir = jest.spyOn(fs, 'readdirSync');
    expect([isExact('a.js'), isExact('b.js')]).toEqual([true, true]);
    expect(readdir).toHaveBeenCalledTimes(1);
    writeFileSync(join(root, 'c.js'), '');
    expect(isExact('c.js')).toBe(true);
    expect(readdir).toHaveBeenCalledTimes(2);
  });
});
