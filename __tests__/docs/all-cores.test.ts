import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { copyFileSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { buildSync } from 'esbuild';
import { folderWith } from '../support/files';
import { childrenOf, eventually } from '../support/process';
import { freePort, rawRequest } from '../support/server';
import { PROJECT } from '../support/root';

test('the example with one process per core serves files and replaces a killed process', async () => {
  const port = await freePort();
  const folder = folderWith({
    'public/index.html': 'home',
    'node_modules/shared-data-middleware/package.json': '{"main":"index.js"}',
  });
  mkdirSync(join(folder, 'node_modules'), { recursive: true });
  buildSync({
    entryPoints: [join(PROJECT, 'src/index.ts')],
    bundle: true,
    platform: 'node',
    outfile: join(folder, 'node_modules/shared-data-middleware/index.js'),
    logLevel: 'silent',
  });
  copyFileSync(join(PROJECT, 'docs/examples/all-cores.mjs'), join(folder, 'main.mjs'));
  const primary = spawn(process.execPath, ['main.mjs', String(port)], { cwd: folder, stdio: 'pipe' });
  const children = (): number[] => childrenOf(primary.pid);
  const expectHomePage = async (): Promise<void> => {
    const { body } = await rawRequest(port, 'GET', '/');
    expect(body.toString()).toBe('home');
  };
  try {
    await eventually(expectHomePage);
    const victim = Number(children()[0]);
    process.kill(victim, 'SIGKILL');
    await once(primary.stderr, 'data');
    await eventually(() => {
      expect(children()).not.toContain(victim);
    });
    await eventually(expectHomePage);
  } finally {
    for (const child of children()) process.kill(child, 'SIGKILL');
    primary.kill('SIGKILL');
    await once(primary, 'exit');
  }
}, 60_000);
