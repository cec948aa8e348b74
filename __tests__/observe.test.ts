import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { join } from 'node:path';
import { execFileSync } from 'node:child_process';
import { SharedDataMiddleware, type FailedMessage, type PassedMessage, type ServedMessage } from '../src';
import { folderWith } from './support/files';
import { app, rawRequest, serve } from './support/server';

const folder = folderWith({ 'a.txt': 'a', 'docs/index.html': 'docs' });
const error = new Error('a bug');

async function heard(channel: string, ...targets: string[]): Promise<unknown[]> {
  const messages: unknown[] = [];
  const listen = (message: unknown): void => void messages.push(message);
  subscribe(channel, listen);
  const shared = new SharedDataMiddleware(
    app,
    { '/s': folder, '/late': () => Promise.reject(error), '/broken': () => { throw error; } }, // prettier-ignore
    { index: 'index.html' },
  );
  const { port } = await serve(shared.listener);
  for (const target of targets) await rawRequest(port, 'GET', target);
  unsubscribe(channel, listen);
  return messages;
}

test('shared-data:served tells of each answer, and of its file', async () => {
  const messages = (await heard('shared-data:served', '/s/a.txt', '/s/docs', '/none')) as ServedMessage[];
  expect(messages.map(({ request, answer }) => [request.url, answer.status, answer.file?.path])).toEqual([
    ['/s/a.txt', 200, 'a.txt'],
    ['/s/docs', 308, undefined],
  ]);
});

test('shared-data:passed tells of what is left to the application', async () => {
  const messages = (await heard('shared-data:passed', '/s/none', '/s/a.txt', '/')) as PassedMessage[];
  expect(messages.map(({ request }) => request.url)).toEqual(['/s/none', '/']);
});

test('shared-data:failed tells of errors, thrown or rejected', async () => {
  const messages = (await heard('shared-data:failed', '/late/a', '/broken/a', '/s/a.txt')) as FailedMessage[];
  expect(messages.map(({ request, error: thrown }) => [request.url, thrown])).toEqual([
    ['/late/a', error],
    ['/broken/a', error],
  ]);
});

test('NODE_DEBUG=shared-data prints a line for each request', () => {
  const script = `
    const { SharedDataMiddleware } = require('./src');
    const shared = new SharedDataMiddleware(null, { '/s': ${JSON.stringify(folder)}, '/x': () => { throw new Error('a bug'); } });
    for (const url of ['/s/a.txt', '/none', '/x']) {
      try { shared.answer({ method: 'GET', url, headers: {} }); } catch {}
    }`;
  const output = execFileSync(
    'sh',
    ['-c', '"$@" 2>&1', 'sh', process.execPath, '-r', 'esbuild-register', '-e', script],
    { cwd: join(__dirname, '..'), env: { ...process.env, NODE_DEBUG: 'shared-data' } },
  ).toString();
  expect(output).toMatch(/SHARED-DATA \d+: GET \/s\/a\.txt: 200 a\.txt/);
  expect(output).toMatch(/SHARED-DATA \d+: GET \/none: passed on/);
  expect(output).toMatch(/SHARED-DATA \d+: GET \/x: Error: a bug/);
});
