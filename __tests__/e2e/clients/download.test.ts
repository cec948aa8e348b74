import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { SharedDataMiddleware } from '../../../src/index';
import { folderWith, put } from '../../support/files';
import { eventually } from '../../support/process';
import { serve } from '../../support/server';
import { run, start } from './support/programs';

const root = folderWith({ 'b7e1.bin': 'content' }, new Date(1.7e12));
const shared = new SharedDataMiddleware(null, {});

/** The URL of a file that is saved under a name. The path of the URL has another one. */
async function urlOf(name: string): Promise<string> {
  const { origin } = await serve((req, res) => {
    void shared.download(req, res, 'b7e1.bin', { root, name });
  });
  return `${origin}/download`;
}

// curl does not read filename*, so it gets a name in ASCII.
test.each([
  ['report 1.pdf', 'report 1.pdf'],
  ['a;b=c.txt', 'a;b=c.txt'],
  ['日本.txt', '??.txt'],
  ['a\r\nX-Injected: 1.txt', 'a??X-Injected: 1.txt'],
  ['../../up.txt', '.._.._up.txt'],
])('curl -OJ saves a download named %j as %j', async (name, expected) => {
  const folder = folderWith();
  await run('curl', ['-sS', '-OJ', await urlOf(name)], folder);
  expect(readdirSync(folder)).toEqual([expected]);
  expect(readFileSync(join(folder, expected), 'utf8')).toBe('content');
});

// Chromium replaces characters that are not allowed on all systems.
test.each([
  ['日本.txt', '日本.txt'],
  ['Résumé "2026".txt', 'Résumé _2026_.txt'],
  ['50%41.txt', '50%41.txt'],
])('Chromium saves a download named %j as %j', async (name, expected) => {
  const [home, downloads] = [folderWith(), folderWith()];
  const preferences = { download: { default_directory: downloads, prompt_for_download: false } };
  put(join(home, 'Default/Preferences'), JSON.stringify(preferences));
  const flags = ['--headless', '--no-sandbox', '--disable-gpu', '--disable-dev-shm-usage', '--no-first-run'];
  const offline = ['--disable-background-networking', '--disable-component-update', '--disable-sync'];
  const hosts = '--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1';
  const args = [...flags, ...offline, hosts, `--user-data-dir=${home}`, await urlOf(name)];
  const { child, ended } = start('chromium', args, home, 'C.UTF-8');
  try {
    await eventually(() => {
      expect(readFileSync(join(downloads, expected), 'utf8')).toBe('content');
    }, 10);
    expect(readdirSync(downloads)).toEqual([expected]);
  } finally {
    child.kill();
    await ended;
  }
});
