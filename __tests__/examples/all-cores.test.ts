import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { copyFileSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { buildSync } from 'esbuild';
import { folderWith } from '../support/files';
import { childrenOf, eventually } from '../support/process';
import { freePort, rawRequest } from '../support/server';

const root = join(__dirname, '../..');

test('the example with one process a core serves, and replaces one that dies', async () => {
  const port = await freePort();
  const folder = folderWith({
    'public/index.html': 'home',
    'node_modules/shared-data-middleware/package.json': '{"main":"index.js"}',
  });
  mkdirSync(join(folder, 'node_modules'), { recursive: true });
  buildSync({
    entryPoints: [join(root, 'src/index.ts')],
    bundle: true,
    platform: 'node',
    outfile: join(folder, 'node_modules/shared-data-middleware/index.js'),
    logLevel: 'silent',
  });
  copyFileSync(join(root, 'docs/examples/all-cores.mjs'), join(folder, 'main.mjs'));
  const primary = spawn(process.execPath, ['main.mjs', String(port)], { cwd: folder, stdio: 'pipe' });
  const children = (): number[] => childrenOf(primary.pid);
  const answers = async (): Promise<void> => {
    const { body } = await rawRequest(port, 'GET', '/');
    expect(body.toString()).toBe('home');
  };
  try {
    await eventually(answers);
    const victim = Number(children()[0]);
    process.kill(victim, 'SIGKILL');
    await once(primary.stderr, 'data');
    await eventually(() => {
      expect(children()).not.toContain(victim);
    });
    await eventually(answers);
  } finally {
    for (const child of children()) process.kill(child, 'SIGKILL');
    primary.kill('SIGKILL');
    await once(primary, 'exit');
  }
}, 60_000);
