import { execFileSync } from 'node:child_process';
import {
  SharedDataMiddleware,
  type FailedMessage,
  type PassedMessage,
  type ServedMessage,
} from '../../src/index';
import { folderWith } from '../support/files';
import { messagesOf } from '../support/messages';
import { app, rawRequest, serve } from '../support/server';
import { PROJECT } from '../support/root';

const folder = folderWith({ 'a.txt': 'a', 'docs/index.html': 'docs' });
const error = new Error('a bug');

function throwError(): never {
  throw error;
}

async function collectMessages(channel: string, ...targets: string[]): Promise<unknown[]> {
  const messages = messagesOf(channel);
  const shared = new SharedDataMiddleware(
    app,
    { '/s': folder, '/late': () => Promise.reject(error), '/broken': throwError },
    { index: 'index.html' },
  );
  const { port } = await serve(shared.listener);
  for (const target of targets) await rawRequest(port, 'GET', target);
  return messages;
}

test('shared-data:served publishes each response with its file', async () => {
  const messages = (await collectMessages(
    'shared-data:served',
    '/s/a.txt',
    '/s/docs',
    '/none',
  )) as ServedMessage[];
  expect(messages.map(({ request, answer }) => [request.url, answer.status, answer.file?.path])).toEqual([
    ['/s/a.txt', 200, 'a.txt'],
    ['/s/docs', 308, undefined],
  ]);
});

test('shared-data:passed publishes each request that is passed to the application', async () => {
  const messages = (await collectMessages(
    'shared-data:passed',
    '/s/none',
    '/s/a.txt',
    '/',
  )) as PassedMessage[];
  expect(messages.map(({ request }) => request.url)).toEqual(['/s/none', '/']);
});

test('shared-data:failed publishes errors, whether thrown or rejected', async () => {
  const messages = (await collectMessages(
    'shared-data:failed',
    '/late/a',
    '/broken/a',
    '/s/a.txt',
  )) as FailedMessage[];
  expect(messages.map(({ request, error: thrown }) => [request.url, thrown])).toEqual([
    ['/late/a', error],
    ['/broken/a', error],
  ]);
});

test('NODE_DEBUG=shared-data prints a line for each request', () => {
  const script = `
    const { SharedDataMiddleware } = require('./src');
    const loader = () => { throw new Error('a bug'); };
    const exports = { '/s': ${JSON.stringify(folder)}, '/x': loader };
    const shared = new SharedDataMiddleware(null, exports);
    for (const url of ['/s/a.txt', '/none', '/x']) {
      try { shared.answer({ method: 'GET', url, headers: {} }); } catch {}
    }`;
  const output = execFileSync(
    'sh',
    ['-c', '"$@" 2>&1', 'sh', process.execPath, '-r', 'esbuild-register', '-e', script],
    { cwd: PROJECT, env: { ...process.env, NODE_DEBUG: 'shared-data' } },
  ).toString();
  expect(output).toMatch(/SHARED-DATA \d+: GET \/s\/a\.txt: 200 a\.txt/);
  expect(output).toMatch(/SHARED-DATA \d+: GET \/none: passed on/);
  expect(output).toMatch(/SHARED-DATA \d+: GET \/x: Error: a bug/);
});
