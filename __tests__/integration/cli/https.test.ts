import { X509Certificate } from 'node:crypto';
import { once } from 'node:events';
import { readFileSync, truncateSync } from 'node:fs';
import { Agent, get } from 'node:https';
import type { IncomingMessage } from 'node:http';
import { connect as connectPlain } from 'node:net';
import { join } from 'node:path';
import { connect, TLSSocket } from 'node:tls';
import { folderWith } from '../../support/files';
import { CERT, KEY, Run } from '../../support/cli';

const LARGE = 64 * 1024 * 1024;
const HTTPS = ['--https', '--key', KEY, '--cert', CERT, '--port', '0'];
const fingerprint = new X509Certificate(readFileSync(CERT)).fingerprint256;

// Starting a process takes long on a busy machine.
jest.setTimeout(60_000);

/** Sends a request and checks the fingerprint of the certificate, which does not depend on the date. */
async function answerAt(port: number, path: string): Promise<IncomingMessage> {
  const agent = new Agent({ keepAlive: true, rejectUnauthorized: false });
  const [answer] = (await once(get({ port, host: '127.0.0.1', path, agent }), 'response')) as [
    IncomingMessage,
  ];
  const { socket } = answer;
  expect(socket instanceof TLSSocket && socket.getPeerCertificate().fingerprint256).toBe(fingerprint);
  return answer;
}

async function bodyOf(answer: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of answer) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}

test('--https serves with the key and certificate, and prints an https URL and a request log', async () => {
  const run = new Run(HTTPS, folderWith({ 'a.txt': 'abc' }));
  const port = await run.port();
  expect(run.stdout).toBe(`https://127.0.0.1:${port}/\n`);
  expect((await bodyOf(await answerAt(port, '/a.txt'))).toString()).toBe('abc');
  await run.prints(/^\S+Z GET \/a\.txt 200 3 \d+\.\dms\n/m);
});

test('a signal closes idle and half-open connections, and completes pending responses', async () => {
  const folder = folderWith({ 'a.txt': 'abc', 'large.bin': '' });
  truncateSync(join(folder, 'large.bin'), LARGE);
  const run = new Run(HTTPS, folder);
  const port = await run.port();
  const download = await answerAt(port, '/large.bin');
  const silent = connectPlain(port, '127.0.0.1');
  await once(silent, 'connect');
  const idle = connect({ port, host: '127.0.0.1', rejectUnauthorized: false });
  idle.write('GET /a.txt HTTP/1.1\r\nHost: localhost\r\n\r\n');
  await once(idle, 'data');
  run.child.kill('SIGTERM');
  silent.resume();
  await Promise.all([once(idle, 'close'), once(silent, 'close')]);
  expect((await bodyOf(download)).length).toBe(LARGE);
  expect(await run.outcome).toBe(0);
  expect(run.stderr).toBe('');
});
