import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { folderWith } from '../support/files';
import { eventually } from '../support/process';
import { PROJECT } from '../support/root';
import { freePort, rawRequest, type RawAnswer } from '../support/server';

const document = readFileSync(join(PROJECT, 'docs/frameworks.md'), 'utf8');
const section = document.slice(document.indexOf('## Downloads behind a login'));
const program = /^```js\n(.*?)^```/ms.exec(section)?.[1] ?? '';

test('the program for downloads behind a login sends a file to those who know the password', async () => {
  const port = await freePort();
  const cwd = folderWith({
    'reports/2026.txt': 'report',
    'public/404.html': 'no such page',
    'secret.txt': 'secret',
  });
  const required = { express: 'node_modules/express', 'shared-data-middleware': 'src/index.ts' };
  const text = Object.entries(required).reduce(
    (code, [name, path]) => code.replace(`'${name}'`, JSON.stringify(join(PROJECT, path))),
    program.replace('8000', String(port)),
  );
  const register = require.resolve('esbuild-register');
  const child = spawn(process.execPath, ['-r', register, '-e', text], {
    cwd,
    env: { ...process.env, NODE_ENV: 'test' },
    stdio: 'inherit',
  });
  const password: [string, string] = [
    'Authorization',
    `Basic ${Buffer.from('me:secret').toString('base64')}`,
  ];
  const get = (target: string, ...headers: [string, string][]): Promise<RawAnswer> =>
    rawRequest(port, 'GET', target, headers);
  try {
    await eventually(async () => {
      expect((await get('/reports/2026.txt')).status).toBe(401);
    }, 20);
    const { status, headers, body } = await get('/reports/2026.txt', password);
    expect([status, body.toString()]).toEqual([200, 'report']);
    expect(headers).toMatchObject({
      'cache-control': 'private, no-cache',
      'content-disposition': 'attachment; filename="Quarterly report, 2026.txt"',
    });
    expect((await get('/reports/2026.txt', password, ['Range', 'bytes=0-1'])).status).toBe(206);
    for (const name of ['missing.txt', '..%2Fsecret.txt'])
      expect((await get(`/reports/${name}`, password)).status).toBe(404);
    const missing = await get('/missing');
    expect([missing.status, missing.body.toString(), missing.headers['cache-control']]).toEqual([
      404,
      'no such page',
      'no-store',
    ]);
  } finally {
    child.kill('SIGKILL');
    await once(child, 'exit');
  }
}, 60_000);
