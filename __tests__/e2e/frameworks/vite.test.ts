import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { folderWith } from '../../support/files';
import { rawRequest, type RawAnswer } from '../../support/server';

const folder = folderWith({ 'a.txt': '0123456789', 'docs/index.html': 'docs', 'mod.ts': 'let a: number;' });
const root = folderWith({ 'main.ts': 'export const answer: number = 42;' });

let child: ChildProcess;
let get: (target: string, headers?: [string, string][]) => Promise<RawAnswer>;

beforeAll(async () => {
  const script = join(__dirname, 'support/vite-server.mjs');
  child = spawn(process.execPath, ['-r', require.resolve('esbuild-register'), script, folder, root], {
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
  });
  const ended = once(child, 'exit').then(([code]) => {
    throw new Error(`Vite did not start: ${String(code)}`);
  });
  const [port] = (await Promise.race([once(child, 'message'), ended])) as [number];
  ended.catch(() => undefined);
  get = (target, headers) => rawRequest(port, 'GET', target, headers);
}, 60_000);

afterAll(async () => {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = once(child, 'exit');
  child.kill('SIGKILL');
  await ended;
});

test('Vite serves files with the middleware, with validators and ranges', async () => {
  const { status, headers, body } = await get('/files/a.txt');
  expect([status, body.toString(), headers['cache-control']]).toEqual([
    200,
    '0123456789',
    'max-age=43200, public',
  ]);
  expect((await get('/files/a.txt', [['If-None-Match', headers['etag'] ?? '']])).status).toBe(304);
  const part = await get('/files/a.txt', [['Range', 'bytes=2-4']]);
  expect([part.status, part.body.toString()]).toEqual([206, '234']);
});

test('Vite does not transform a file that the middleware serves', async () => {
  expect((await get('/files/mod.ts')).body.toString()).toBe('let a: number;');
});

test('Vite redirects a directory to its trailing slash and serves its index', async () => {
  expect((await get('/files/docs?q')).headers['location']).toBe('./docs/?q');
  expect((await get('/files/docs/')).body.toString()).toBe('docs');
});

test('Vite handles all other requests and transforms its modules', async () => {
  const { status, headers, body } = await get('/main.ts');
  expect([status, headers['content-type']]).toEqual([200, 'text/javascript']);
  expect(body.toString()).toContain('answer = 42');
  expect(body.toString()).not.toContain('number');
  expect((await get('/files/missing.txt')).status).toBe(404);
});
