import { chmodSync, mkdirSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { folderWith, put } from '../../support/files';
import { unprivileged } from '../../support/process';
import { namesAt, statusesAt } from './listing-support';
import { served } from '../../support/cli';

describe('the listing does not show', () => {
  test('dotfiles, unless --dotfiles is allow', async () => {
    const folder = folderWith({
      '.env': '',
      '.git/config': '',
      '.well-known/x': '',
      'a/.b/c.txt': '',
      'a.txt': '',
    });
    for (const [mode, shown, statuses] of [
      ['ignore', ['./.well-known/', './a/', './a.txt'], [404, 404, 404]],
      ['deny', ['./.well-known/', './a/', './a.txt'], [403, 403, 403]],
      ['allow', ['./.git/', './.well-known/', './a/', './.env', './a.txt'], [200, 308, 200]],
    ] as const) {
      const port = await served(folder, '--listing', '--dotfiles', mode);
      expect(await namesAt(port, '/')).toEqual(shown);
      expect(await statusesAt(port, '/.git/', '/.git', '/a/.b/')).toEqual(statuses);
      expect(await namesAt(port, '/a/')).toEqual(mode === 'allow' ? ['./.b/'] : []);
    }
  });

  test('entries that --disallow matches by name or by path', async () => {
    const folder = folderWith({
      'a.map': '',
      'a.txt': '',
      'drafts/b.txt': '',
      'x/drafts/b.txt': '',
      'x/secret.txt': '',
    });
    const port = await served(
      folder,
      '--listing',
      '--disallow',
      '*.map',
      '--disallow',
      'drafts/',
      '--disallow',
      'x/s*',
    );
    expect(await namesAt(port, '/')).toEqual(['./x/', './a.txt']);
    expect(await namesAt(port, '/x/')).toEqual(['./drafts/']);
    expect(await statusesAt(port, '/drafts/', '/drafts', '/x/drafts/')).toEqual([404, 404, 200]);
  });

  test('a folder that --disallow matches, or anything below it', async () => {
    const folder = folderWith({ 'private/deep/a.txt': '', 'a.txt': '' });
    const port = await served(folder, '--listing', '--disallow', 'private');
    expect(await namesAt(port, '/')).toEqual(['./a.txt']);
    expect(await statusesAt(port, '/private/', '/private/deep/', '/private/deep')).toEqual([404, 404, 404]);
  });

  test('the stored encoding of a disallowed file', async () => {
    const folder = folderWith({ 'a.map': '', 'a.map.gz': '', 'a.map.gz.br': '', 'a.txt.gz': '' });
    const port = await served(folder, '--listing', '--precompressed', '--disallow', '*.map');
    expect(await namesAt(port, '/')).toEqual(['./a.txt.gz']);
    expect(await statusesAt(port, '/a.map.gz', '/a.map.gz.br')).toEqual([404, 404]);
  });

  test('links out of the folder with --symlinks inside', async () => {
    const folder = folderWith({ 'a.txt': '', 'sub/b.txt': '' });
    const outside = folderWith({ 'c.txt': '' });
    symlinkSync(outside, join(folder, 'out'));
    symlinkSync(join(outside, 'c.txt'), join(folder, 'c.txt'));
    symlinkSync('sub', join(folder, 'in'));
    symlinkSync('nowhere', join(folder, 'broken'));
    const inside = await served(folder, '--listing', '--symlinks', 'inside');
    expect(await namesAt(inside, '/')).toEqual(['./in/', './sub/', './a.txt']);
    expect(await statusesAt(inside, '/out/', '/out', '/in/')).toEqual([404, 404, 200]);
    const anywhere = await served(folder, '--listing');
    expect(await namesAt(anywhere, '/')).toEqual(['./in/', './out/', './sub/', './a.txt', './c.txt']);
  });

  test('links to dotfiles with --symlinks inside, unless --dotfiles is allow', async () => {
    const folder = folderWith({ 'a.txt': '', '.env': '', '.git/config': '' });
    symlinkSync('.env', join(folder, 'env.txt'));
    symlinkSync('.git', join(folder, 'git'));
    const inside = await served(folder, '--listing', '--symlinks', 'inside');
    expect(await namesAt(inside, '/')).toEqual(['./a.txt']);
    expect(await statusesAt(inside, '/git/')).toEqual([404]);
    const allowed = await served(folder, '--listing', '--symlinks', 'inside', '--dotfiles', 'allow');
    expect(await namesAt(allowed, '/')).toEqual(['./.git/', './git/', './.env', './a.txt', './env.txt']);
  });

  test('special files, and names without a canonical path', async () => {
    const folder = folderWith({ 'a.txt': '', 'back\\slash.txt': '' });
    symlinkSync('/dev/null', join(folder, 'null'));
    put(join(folder, 'latin1'), '');
    const latin1 = Buffer.concat([Buffer.from(`${folder}/`), Buffer.from([0xe9])]);
    mkdirSync(latin1);
    expect(await namesAt(await served(folder, '--listing'), '/')).toEqual(['./a.txt', './latin1']);
  });

  test('entries without read permission', async () => {
    const folder = folderWith({ 'a.txt': '', 'closed.txt': '', 'closed/b.txt': '' });
    chmodSync(folder, 0o755);
    for (const name of ['closed.txt', 'closed']) chmodSync(join(folder, name), 0);
    const [port, withoutIndex] = [await served(folder), await served(folder, '--no-index')];
    await unprivileged(async () => {
      expect(await namesAt(port, '/')).toEqual(['./a.txt']);
      expect(await statusesAt(port, '/closed/')).toEqual([403]);
      expect(await statusesAt(withoutIndex, '/closed/')).toEqual([404]);
    });
    chmodSync(join(folder, 'closed'), 0o755);
  });
});
