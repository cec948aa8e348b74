import { build } from 'esbuild';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { put } from '../../support/files';
import { PROJECT } from '../../support/root';
import { sendRequest, type ClientResponse, type RequestOptions } from '../frameworks/support/client';
import { HOME, programOf } from './support/home';
import { ServerProcess } from './support/server-process';

const example = join(PROJECT, 'docs/examples/worker');
let port: number;

function get(path: string, options?: RequestOptions): Promise<ClientResponse> {
  return sendRequest('http', port, path, options);
}

beforeAll(async () => {
  put(join(HOME, 'worker.mjs'), readFileSync(join(example, 'worker.mjs')));
  put(join(HOME, 'config.capnp'), readFileSync(join(example, 'config.capnp')));
  await build({
    entryPoints: [join(HOME, 'worker.mjs')],
    outfile: join(HOME, 'bundle.mjs'),
    bundle: true,
    platform: 'node',
    format: 'esm',
    conditions: ['workerd'],
  });
  // It prints its port as `{"event":"listen","socket":"http","port":40000}`.
  const options = ['--socket-addr', 'http=127.0.0.1:0', '--control-fd', '1'];
  const running = new ServerProcess([programOf('workerd'), 'serve', join(HOME, 'config.capnp'), ...options]);
  port = await running.port;
});

test('a Worker responds with the files of its own loader', async () => {
  const page = await get('/');
  expect([page.status, page.body.toString()]).toEqual([200, expect.stringContaining('From a Worker')]);
  const { headers } = await get('/app.js');
  expect(headers).toMatchObject({
    'content-type': 'text/javascript; charset=utf-8',
    'content-length': '29',
    'cache-control': 'max-age=43200, public',
    'last-modified': 'Thu, 01 Jan 2026 00:00:00 GMT',
  });
  expect(headers.etag).toMatch(/^"[^"]+"$/);
  expect((await get('/missing.js')).status).toBe(404);
});

test('a Worker responds to conditions, ranges and HEAD', async () => {
  const { headers, body } = await get('/app.js', { method: 'HEAD' });
  expect([headers['content-length'], body.length]).toEqual(['29', 0]);
  expect((await get('/app.js', { headers: { 'If-None-Match': headers.etag ?? '' } })).status).toBe(304);
  const part = await get('/app.js', { headers: { Range: 'bytes=0-6' } });
  expect([part.status, part.body.toString()]).toEqual([206, 'console']);
});

test('a Worker redirects other forms of a path', async () => {
  const { status, headers } = await get('/%61pp.js');
  expect([status, headers.location]).toEqual([308, './app.js']);
});
