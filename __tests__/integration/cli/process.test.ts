import { once } from 'node:events';
import { truncateSync } from 'node:fs';
import { Agent, get, type IncomingMessage } from 'node:http';
import { connect, type Socket } from 'node:net';
import { join } from 'node:path';
import { Run } from '../../support/cli';
import { folderWith } from '../../support/files';
import { rawRequest } from '../../support/server';

const LARGE = 64 * 1024 * 1024;

// Starting a process takes long on a busy machine.
jest.setTimeout(60_000);

/** A folder with `a.txt` and a file that exceeds the network buffers. */
function folderWithLarge(): string {
  const folder = folderWith({ 'a.txt': 'abc', 'large.bin': '' });
  truncateSync(join(folder, 'large.bin'), LARGE);
  return folder;
}

async function bodyAt(port: number, target: string): Promise<string> {
  return (await rawRequest(port, 'GET', target)).body.toString();
}

/** A download on a keep-alive connection, paused after the header. */
async function pausedDownload(port: number): Promise<IncomingMessage> {
  const agent = new Agent({ keepAlive: true });
  const request = get({ port, host: '127.0.0.1', path: '/large.bin', agent });
  const [answer] = (await once(request, 'response')) as [IncomingMessage];
  return answer;
}

async function lengthOf(answer: IncomingMessage): Promise<number> {
  let length = 0;
  for await (const chunk of answer) length += (chunk as Buffer).length;
  return length;
}

/** A keep-alive connection whose request is complete. */
async function idleConnection(port: number): Promise<Socket> {
  const socket = connect(port, '127.0.0.1');
  socket.write('GET /a.txt HTTP/1.1\r\nHost: localhost\r\n\r\n');
  await once(socket, 'data');
  return socket;
}

describe('shared-data', () => {
  test('serves the working directory, and responds 404 for a missing file', async () => {
    const port = await new Run(['--port', '0'], folderWith({ 'a.txt': 'abc' })).port();
    const { status, body } = await rawRequest(port, 'GET', '/a.txt');
    expect([status, body.toString()]).toEqual([200, 'abc']);
    expect((await rawRequest(port, 'GET', '/b.txt')).status).toBe(404);
  });

  test('searches exports in order, and the folder after them', async () => {
    const first = folderWith({ 'both.txt': 'first' });
    const second = folderWith({ 'both.txt': 'second', 'second.txt': 'second' });
    const folder = folderWith({ 'x/both.txt': 'folder', 'x/folder.txt': 'folder' });
    const exports = ['--export', `/x=${first}`, '--export', `/x=${second}`];
    const port = await new Run([folder, ...exports, '--port', '0']).port();
    expect(await bodyAt(port, '/x/both.txt')).toBe('first');
    expect(await bodyAt(port, '/x/second.txt')).toBe('second');
    expect(await bodyAt(port, '/x/folder.txt')).toBe('folder');
  });

  test('prints one line per request: time, method, target, status, body bytes, milliseconds', async () => {
    const run = new Run(['--port', '0'], folderWith({ 'a.txt': 'abc' }));
    const port = await run.port();
    await rawRequest(port, 'GET', '/a.txt?q=1');
    await rawRequest(port, 'HEAD', '/a.txt');
    await rawRequest(port, 'GET', '/a.txt', [['Range', 'bytes=1-']]);
    await rawRequest(port, 'POST', '/b.txt');
    await run.prints(/POST.*\n/);
    const lines = run.stdout.replace(/\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z (.*) \d+\.\dms\n/g, '$1|');
    expect(lines.split('\n')[1]).toBe(
      'GET /a.txt?q=1 200 3|HEAD /a.txt 200 0|GET /a.txt 206 2|POST /b.txt 404 10|',
    );
  });

  test('prints a line for a client that disconnects during the response', async () => {
    const run = new Run(['--port', '0'], folderWithLarge());
    const download = await pausedDownload(await run.port());
    download.destroy();
    const [, bytes] = await run.prints(/^\S+Z GET \/large\.bin 200 (\d+) \d+\.\dms\n/m);
    expect(Number(bytes)).toBeLessThan(LARGE);
  });

  test('prints only the URL with --quiet', async () => {
    const run = new Run(['--port', '0', '--quiet'], folderWith({ 'a.txt': 'abc' }));
    const port = await run.port();
    expect(await bodyAt(port, '/a.txt')).toBe('abc');
    run.child.kill('SIGINT');
    await run.outcome;
    expect(run.stdout).toBe(`http://127.0.0.1:${port}/\n`);
  });

  test('continues after its stdout is closed', async () => {
    const run = new Run(['--port', '0'], folderWith({ 'a.txt': 'abc' }));
    const port = await run.port();
    run.child.stdout.destroy();
    await once(run.child.stdout, 'close');
    for (let request = 0; request < 3; request++) expect(await bodyAt(port, '/a.txt')).toBe('abc');
  });

  test('exits with code 1 and one line if it cannot start', async () => {
    const run = new Run(['no-such-folder']);
    expect(await run.outcome).toBe(1);
    expect(run.stdout).toBe('');
    expect(run.stderr).toBe("shared-data: cannot serve 'no-such-folder': no such file or directory\n");
  });
});

describe.each(['SIGINT', 'SIGTERM'] as const)('%s', (signal) => {
  test('closes idle connections, completes pending responses, and exits with code 0', async () => {
    const run = new Run(['--port', '0'], folderWithLarge());
    const port = await run.port();
    const idle = await idleConnection(port);
    const download = await pausedDownload(port);
    run.child.kill(signal);
    await once(idle, 'close');
    const late = connect(port, '127.0.0.1');
    await expect(once(late, 'connect')).rejects.toMatchObject({ code: 'ECONNREFUSED' });
    expect(await lengthOf(download)).toBe(LARGE);
    expect(await run.outcome).toBe(0);
    expect(run.stdout).toContain(`GET /large.bin 200 ${LARGE} `);
    expect(run.stderr).toBe('');
  });

  test('ends the process immediately as the second signal', async () => {
    const run = new Run(['--port', '0'], folderWithLarge());
    const port = await run.port();
    const idle = await idleConnection(port);
    const download = await pausedDownload(port);
    run.child.kill('SIGINT');
    await once(idle, 'close');
    run.child.kill(signal);
    expect(await run.outcome).toBe(signal);
    await expect(lengthOf(download)).rejects.toMatchObject({ code: 'ECONNRESET' });
  });
});
