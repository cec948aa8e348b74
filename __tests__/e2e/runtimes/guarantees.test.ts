import { join } from 'node:path';
import { folderWith } from '../../support/files';
import { eventually } from '../../support/process';
import { sendAndDisconnect, sendRequest } from '../frameworks/support/client';
import { FILES, LARGE, OLD_MTIME } from '../frameworks/support/exports';
import {
  CODE,
  testApplication,
  testCompression,
  testFiles,
  type Get,
} from '../frameworks/support/guarantees';
import { program } from './support/home';
import { bun, COMMAND, deno } from './support/runtimes';
import { ServerProcess } from './support/server-process';

const folder = folderWith({ ...FILES, 'code.js': CODE }, OLD_MTIME);
const server = program(join(__dirname, 'support/server.ts'));

describe.each([
  ['Bun', bun],
  ['Deno', deno],
])('in %s', (_name, { run, runWithPatterns, keepsStreamLength }) => {
  const options = '--index index.html --precompressed --cache-timeout 43200 --disallow *.map --quiet'.split(
    ' ',
  );
  const command = runWithPatterns(COMMAND, '--port', '0', '--export', `/s=${folder}`, ...options);

  const fetchServer = { hasApplication: true, hasLength: keepsStreamLength };
  const httpServer = { hasApplication: true, hasLength: true };

  describe.each([
    ['node:http', { ...httpServer, start: run(server, 'http', folder), compresses: false }],
    [
      'node:http and compress',
      { ...httpServer, start: run(server, 'http', folder, 'compress'), compresses: true },
    ],
    ['fetchHandler', { ...fetchServer, start: run(server, 'fetch', folder), compresses: false }],
    [
      'fetchHandler and compress',
      { ...fetchServer, start: run(server, 'fetch', folder, 'compress'), compresses: true },
    ],
    ['the command', { start: command, hasApplication: false, hasLength: true, compresses: true }],
  ])('with %s', (_front, { start, hasApplication, hasLength, compresses }) => {
    let running: ServerProcess;
    let port: number;
    const get: Get = (path, request) => sendRequest('http', port, path, request);

    beforeAll(async () => {
      running = new ServerProcess(start);
      port = await running.port;
      // Files that have just been written have weak ETags.
      await eventually(async () => {
        expect((await get('/s/large.bin', { method: 'HEAD' })).headers.etag).toMatch(/^"/);
      });
    });

    testFiles(get, { hasLength });

    test('writes nothing but its port', () => {
      expect(running.output).toMatch(/^\S+\n$/);
    });

    if (hasApplication) testApplication(get, folder);

    if (compresses) testCompression(get, '/s/code.js');

    test('closes the files of clients that disconnect during a download', async () => {
      await Promise.all(
        [1, 100_000, 2_000_000, 9_000_000].map((abortAfter) => get('/s/large.bin', { abortAfter })),
      );
      await sendAndDisconnect('http', port, '/s/large.bin', { count: 100, milliseconds: 100 });
      await eventually(() => {
        expect(running.descriptorsOf(join(folder, 'large.bin'))).toBe(0);
      }, 10);
      expect((await get('/s/a.txt')).status).toBe(200);
    });
  });

  test('the command sends the pending response and ends with code 0 at SIGINT', async () => {
    const running = new ServerProcess(run(COMMAND, '--port', '0', folder, '--quiet'));
    const port = await running.port;
    const response = await fetch(`http://127.0.0.1:${port}/large.bin`);
    running.child.kill('SIGINT');
    expect(Buffer.from(await response.arrayBuffer()).equals(LARGE)).toBe(true);
    expect([await running.outcome, running.output]).toEqual([0, `http://127.0.0.1:${port}/\n`]);
  });
});
