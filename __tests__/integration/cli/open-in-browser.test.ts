import { chmodSync, existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { openCommand } from '../../../src/cli/serve/open-in-browser';
import { folderWith, put } from '../../support/files';
import { eventually } from '../../support/process';
import { rawRequest } from '../../support/server';
import { Run } from '../../support/cli';

// Starting a process takes long on a busy machine.
jest.setTimeout(60_000);

/** An environment in which the command that opens URLs is this script, or is missing. */
function withOpener(script?: string): NodeJS.ProcessEnv {
  const folder = folderWith();
  for (const name of script === undefined ? [] : ['xdg-open', 'open']) {
    put(join(folder, name), `#!/bin/sh\n${script}\n`);
    chmodSync(join(folder, name), 0o755);
  }
  return { ...process.env, PATH: folder };
}

test('--open passes the URL as one argument', async () => {
  const told = join(folderWith(), 'told');
  const env = withOpener(`printf '%s|' "$#" "$@" > '${told}'`);
  const run = new Run(['--port', '0', '--open'], folderWith(), env);
  const port = await run.port();
  await eventually(() => {
    expect(existsSync(told) && readFileSync(told, 'utf8')).toBe(`1|http://127.0.0.1:${port}/|`);
  });
  expect(run.stderr).toBe('');
});

test('--open uses the loopback address if the host is 0.0.0.0', async () => {
  const told = join(folderWith(), 'told');
  const env = withOpener(`printf '%s' "$1" > '${told}'`);
  const run = new Run(['--port', '0', '--open', '--host', '0.0.0.0'], folderWith(), env);
  const [, port] = await run.prints(/^http:\/\/127\.0\.0\.1:(\d+)\/\n/);
  await eventually(() => {
    expect(existsSync(told) && readFileSync(told, 'utf8')).toBe(`http://127.0.0.1:${String(port)}/`);
  });
});

test.each([
  ['is missing', undefined, 'no such file or directory'],
  ['fails', 'exit 3', 'it ended with code 3'],
])('if the program %s, --open prints one line and the server continues', async (_what, script, reason) => {
  const run = new Run(['--port', '0', '--open'], folderWith({ 'a.txt': 'abc' }), withOpener(script));
  const port = await run.port();
  const [line] = await run.printsError(/.*\n/);
  expect(line).toMatch(/^shared-data: cannot open http:\/\/127\.0\.0\.1:\d+\/ with (?:xdg-)?open: /);
  expect(line).toContain(reason);
  expect((await rawRequest(port, 'GET', '/a.txt')).body.toString()).toBe('abc');
});

test('nothing is opened without --open', async () => {
  const run = new Run(['--port', '0'], folderWith(), withOpener());
  await run.port();
  run.child.kill('SIGTERM');
  expect(await run.outcome).toBe(0);
  expect(run.stderr).toBe('');
});

test.each([
  ['linux', ['xdg-open']],
  ['freebsd', ['xdg-open']],
  ['darwin', ['open']],
  ['win32', ['rundll32', 'url.dll,FileProtocolHandler']],
] as const)('on %s the command %j opens a URL', (platform, opening) => {
  expect(openCommand(platform)).toEqual(opening);
});
