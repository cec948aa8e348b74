import { buildSync } from 'esbuild';
import { execFileSync, spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, copyFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { folderWith, put } from '../support/files';
import { rawRequest } from '../support/server';
import { PROJECT } from '../support/root';

const FUSE = 'NODE_SEA_FUSE_fce680ab2cc467b6e072b8b5df1996b2';

let running: ChildProcess | undefined;
afterEach(async () => {
  if (running === undefined) return;
  running.kill('SIGKILL');
  await once(running, 'exit');
});

/** Builds an executable that contains a program, the package and the assets. */
function buildExecutable(): string {
  const folder = folderWith({
    'public/index.html': '<h1>embedded</h1>',
    'data/icon.svg': '<svg/>',
    'main.ts': `
      import { createServer } from 'node:http';
      import { SharedDataMiddleware } from '${join(PROJECT, 'src')}';
      const exports = { '/': 'public', '/icons': ['icons', 'svg'] };
      const shared = new SharedDataMiddleware(null, exports, { index: 'index.html' });
      const server = createServer(shared.listener).listen(0, '127.0.0.1', () => {
        process.stdout.write(String((server.address() as any).port) + '\\n');
      });`,
  });
  const pathOf = (name: string): string => join(folder, name);
  buildSync({ entryPoints: [pathOf('main.ts')], bundle: true, platform: 'node', outfile: pathOf('main.js') });
  const assets = {
    'public/index.html': pathOf('public/index.html'),
    'icons/svg/icon.svg': pathOf('data/icon.svg'),
  };
  const config = {
    main: pathOf('main.js'),
    output: pathOf('app.blob'),
    disableExperimentalSEAWarning: true,
    assets,
  };
  put(pathOf('sea.json'), JSON.stringify(config));
  execFileSync(process.execPath, ['--experimental-sea-config', pathOf('sea.json')], {
    cwd: folder,
    stdio: 'pipe',
  });
  const executable = pathOf('app');
  copyFileSync(process.execPath, executable);
  chmodSync(executable, 0o755);
  const postject = require.resolve('postject/dist/cli.js');
  const resource = ['NODE_SEA_BLOB', pathOf('app.blob'), '--sentinel-fuse', FUSE];
  execFileSync(process.execPath, [postject, executable, ...resource], { stdio: 'pipe' });
  return executable;
}

test('a single executable application serves its embedded assets without any files on disk', async () => {
  const executable = buildExecutable();
  const empty = folderWith();
  writeFileSync(join(empty, 'elsewhere.txt'), 'on the disk');
  running = spawn(executable, { cwd: empty, stdio: ['ignore', 'pipe', 'pipe'] });
  let warnings = '';
  running.stderr?.on('data', (chunk: Buffer) => (warnings += chunk.toString()));
  const [line] = (await once(running.stdout as NodeJS.ReadableStream, 'data')) as [Buffer];
  const port = Number(line.toString());
  const page = await rawRequest(port, 'GET', '/');
  expect([page.status, page.body.toString()]).toEqual([200, '<h1>embedded</h1>']);
  expect(page.headers['content-type']).toBe('text/html; charset=utf-8');
  const age = Date.now() - Date.parse(page.headers['last-modified'] ?? '');
  expect(age).toBeLessThan(600_000);
  const conditional = await rawRequest(port, 'GET', '/', [['If-None-Match', page.headers['etag'] ?? '']]);
  expect(conditional.status).toBe(304);
  expect((await rawRequest(port, 'GET', '/icons/icon.svg')).body.toString()).toBe('<svg/>');
  expect((await rawRequest(port, 'GET', '/../public/index.html')).status).toBe(404);
  expect((await rawRequest(port, 'GET', '/missing.txt')).status).toBe(404);
  expect(warnings).not.toContain('SHARED_DATA_EXPORT_MISSING');
}, 120_000);
