import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { main } from '../../../src/cli/main';
import { OPTIONS, type OptionTable } from '../../../src/cli/args/options';
import { folderWith } from '../../support/files';
import { rawRequest } from '../../support/server';
import { outcome, portOf, printed, run, served } from '../../support/cli';
import { PROJECT } from '../../support/root';

async function statusAt(port: number, target: string): Promise<number> {
  return (await rawRequest(port, 'GET', target)).status;
}

test('--help prints every option and exits with code 0', async () => {
  const { code, stdout, stderr } = await outcome('--help');
  const spellings = String(stdout).match(/^ {2}.{4}--\S+/gm) ?? [];
  const options: OptionTable = OPTIONS;
  expect(spellings).toEqual(
    Object.entries(options).map(([name, { short, preset }]) => {
      const letter = short === undefined ? '    ' : `-${short}, `;
      return `  ${letter}--${preset === true ? 'no-' : ''}${name}`;
    }),
  );
  expect(stdout).toMatch(/^Usage: shared-data \[folder\] \[options\]\n/);
  expect(stdout).toMatch(/^ {2}-p, --port NUMBER .*\(default: 8000\)$/m);
  expect([code, stderr]).toEqual([0, null]);
});

test('--version prints the version of the package and exits with code 0', async () => {
  const manifest = readFileSync(join(PROJECT, 'package.json'), 'utf8');
  const { version } = JSON.parse(manifest) as { version: string };
  expect(await outcome('--version')).toEqual({ code: 0, stdout: `${version}\n`, stderr: null });
});

describe('an error exits with code 1 and one line that names the cause:', () => {
  const folder = folderWith({ 'a.txt': 'abc' });
  const file = join(folder, 'a.txt');
  const missing = join(folder, 'missing');

  test.each<[what: string, args: string[], line: string]>([
    ['a missing folder', [missing], `cannot serve '${missing}': no such file or directory`],
    ['a file in place of a folder', [file], `cannot serve '${file}': not a folder`],
    [
      'an export of a missing path',
      ['--export', `/x=${missing}`],
      `cannot serve '${missing}': no such file or directory`,
    ],
    [
      'an export of neither a file nor a folder',
      ['--export', '/x=/dev/null'],
      "cannot serve '/dev/null': neither a file nor a folder",
    ],
    ['an export without a slash', ['--export', 'x=.'], "option --export: expected /prefix=path, got 'x=.'"],
    ['an export without a path', ['--export', '/x'], "option --export: expected /prefix=path, got '/x'"],
    ['an export of an empty path', ['--export', '/x='], "option --export: expected /prefix=path, got '/x='"],
    ['a second folder', [folder, 'second'], "expected one folder, got also 'second'"],
    [
      'a port above 65535',
      ['--port', '65536'],
      "option --port: expected a whole number from 0 to 65535, got '65536'",
    ],
    [
      'a port with a letter',
      ['--port', '80a'],
      "option --port: expected a whole number from 0 to 65535, got '80a'",
    ],
    ['an empty port', ['--port', ''], "option --port: expected a whole number from 0 to 65535, got ''"],
    [
      'a fractional lifetime',
      ['--cache-timeout', '1.5'],
      `option --cache-timeout: expected a whole number from 0 to ${Number.MAX_SAFE_INTEGER}, got '1.5'`,
    ],
    ['an empty host', ['--host', ''], "option --host: expected an address, got ''"],
    [
      'a host address of another machine',
      ['--host', '192.0.2.1', '--port', '1'],
      'cannot listen on http://192.0.2.1:1/: address not available',
    ],
    ['a value for an option without one', ['--quiet=yes'], "option --quiet: expected no value, got 'yes'"],
  ])('%s', async (_what, args, line) => {
    expect(await outcome(...args)).toEqual({ code: 1, stdout: null, stderr: `shared-data: ${line}\n` });
  });

  test.each<[args: string[], named: string]>([
    [['--prot'], "unknown option '--prot', did you mean '--port'? See --help\n"],
    [['--no-listng'], "unknown option '--no-listng', did you mean '--no-listing'? See --help\n"],
    [['--recursive'], "unknown option '--recursive'. See --help\n"],
    [['-x'], "unknown option '-x'. See --help\n"],
    [['-qx'], "unknown option '-x'. See --help\n"],
    [['--__proto__'], "unknown option '--__proto__'. See --help\n"],
    [['--no-port'], 'option --port cannot be turned off. See --help\n'],
    [['--no-quiet=1'], "option --no-quiet: expected no value, got '1'\n"],
    [['-p'], 'option --port: expected NUMBER, got nothing\n'],
    [['--port'], 'option --port: expected NUMBER, got nothing\n'],
    [
      ['--port', '-1'],
      "option --port: expected NUMBER, got '-1'; a value with a leading dash is written --port=-1",
    ],
    [['--two\nlines'], "unknown option '--two\\nlines'"],
    [['--extensions', ''], "option --extensions: expected an extension such as 'html', got ''"],
    [['--extensions', 'a/b'], "option --extensions: expected an extension such as 'html', got 'a/b'"],
    [['two\nlines'], "cannot serve 'two\\nlines'"],
  ])('%j', async (args, named) => {
    const { code, stderr } = await outcome(...args);
    expect(code).toBe(1);
    expect(stderr).toMatch(/^shared-data: .*\n$/);
    expect(stderr).toContain(named);
  });

  test('a port that is in use', async () => {
    const other = createServer();
    await once(other.listen(0, '127.0.0.1'), 'listening');
    const { port } = other.address() as AddressInfo;
    const { code, stderr } = await outcome('--port', String(port));
    other.close();
    const line = `shared-data: cannot listen on http://127.0.0.1:${port}/: address already in use\n`;
    expect([code, stderr]).toEqual([1, line]);
  });
});

describe('the command serves', () => {
  const folder = folderWith({ 'a.txt': 'abc', 'a.map': 'abc', 'sub/b.txt': 'abc' });

  test('the folder at /', async () => {
    const port = await served(folder);
    expect(await statusAt(port, '/a.txt')).toBe(200);
    expect(await statusAt(port, '/')).toBe(200);
  });

  test('only the exports if there are exports and no folder', async () => {
    const port = await served('--export', `/x=${folder}`, '--export', `/one.txt=${join(folder, 'a.txt')}`);
    expect(await statusAt(port, '/x/a.txt')).toBe(200);
    expect(await statusAt(port, '/one.txt')).toBe(200);
    expect(await statusAt(port, '/package.json')).toBe(404);
  });

  test('the working directory without a folder and exports', async () => {
    expect(await statusAt(await served(), '/package.json')).toBe(200);
  });

  test('an export whose path contains =', async () => {
    const port = await served('--export', `/x=${join(folderWith({ 'a=b/c.txt': 'abc' }), 'a=b')}`);
    expect(await statusAt(port, '/x/c.txt')).toBe(200);
  });

  test('no file that --disallow matches', async () => {
    const port = await served(folder, '--disallow', '*.map', '--disallow', 'sub/');
    const statuses = ['/a.txt', '/a.map', '/sub/b.txt'].map((target) => statusAt(port, target));
    expect(await Promise.all(statuses)).toEqual([200, 404, 404]);
  });

  test('files that clients check for changes each time', async () => {
    const { headers } = await rawRequest(await served(folder), 'GET', '/a.txt');
    expect(headers).toMatchObject({
      'cache-control': 'no-cache',
      etag: expect.any(String) as string,
    });
  });

  test('files with the lifetime of --cache-timeout', async () => {
    const { headers } = await rawRequest(await served(folder, '--cache-timeout', '60'), 'GET', '/a.txt');
    expect(headers['cache-control']).toBe('max-age=60, public');
  });

  test('files without validators, which no cache may store, with --no-cache', async () => {
    const { headers } = await rawRequest(await served(folder, '--no-cache'), 'GET', '/a.txt');
    expect(headers['cache-control']).toBe('no-store');
    expect(headers).not.toHaveProperty('etag');
    expect(headers).not.toHaveProperty('last-modified');
  });
});

test('the URL has brackets around an IPv6 address', async () => {
  const { stdout, stderr } = run('--host', '::1', '--port', '0');
  const [text] = (await Promise.race([once(stdout, 'data'), once(stderr, 'data')])) as [string];
  // On a machine without IPv6, the error message contains the URL.
  expect(text).toMatch(/^(?:shared-data: cannot listen on )?http:\/\/\[::1\]:\d+\//);
});

test('the command prints a line for each request', async () => {
  const started = run('--port', '0');
  await rawRequest(portOf(await printed(started)), 'GET', '/package.json');
  expect(await printed(started)).toMatch(/^\S+Z GET \/package\.json 200 \d+ \d+\.\dms\n$/);
});

test('the command prints no request log with --quiet', async () => {
  const started = run('--port', '0', '--quiet');
  await rawRequest(portOf(await printed(started)), 'GET', '/package.json');
  started.stop.abort();
  await started.code;
  expect(started.stdout.read()).toBeNull();
});

test('the command exits with code 0 if it is stopped, even before it listens', async () => {
  const { stop, code } = run('--port', '0');
  stop.abort();
  expect(await code).toBe(0);
});

test('an unexpected error is not caught', async () => {
  const stdout = new PassThrough().on('error', () => undefined);
  stdout.write = () => {
    throw new Error('a fault');
  };
  const context = { stdout, stderr: new PassThrough(), stop: AbortSignal.abort(), isWorker: false };
  await expect(main(['--help'], context)).rejects.toThrow('a fault');
});
