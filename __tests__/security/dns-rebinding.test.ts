import { join } from 'node:path';
import { outcome, Run, served } from '../support/cli';
import { folderWith, put } from '../support/files';
import { parseAnswer, rawExchange, type RawAnswer } from '../support/server';

/**
 * DNS rebinding: a page of `evil.example` lets its name lead to 127.0.0.1, and then reads the files of a server
 * on the loopback interface as those of its own origin (CVE-2025-24010). The Host of its requests is
 * `evil.example`.
 */
const folder = folderWith({ 'a.txt': 'abc', 'sub/b.txt': '' });

/** Sends lines that Node's client would change or refuse. */
async function exchange(port: number, ...lines: string[]): Promise<RawAnswer> {
  return parseAnswer(await rawExchange(port, Buffer.from(`${lines.join('\r\n')}\r\n\r\n`, 'latin1')));
}

function getWithHost(port: number, host: string, target = '/a.txt'): Promise<RawAnswer> {
  return exchange(port, `GET ${target} HTTP/1.1`, `Host: ${host}`, 'Connection: close');
}

async function statusWithHost(port: number, host: string): Promise<number> {
  return (await getWithHost(port, host)).status;
}

const LOCAL = [
  'localhost',
  'localhost:8000',
  'LOCALHOST',
  'localhost.',
  'LocalHost.:8000',
  'app.localhost',
  'a.b.localhost:1',
  '127.0.0.1',
  '127.0.0.1:8000',
  '127.1.2.3',
  '[::1]',
  '[::1]:8000',
  '[0:0:0:0:0:0:0:1]',
  '[::ffff:127.0.0.1]',
];

const FOREIGN = [
  'evil.example',
  'evil.example:8000',
  'localhost.evil.example',
  'evil-localhost',
  'evil.example.',
  'localhost..',
  '.localhost',
  '127.0.0.1.evil.example',
  '127.0.0.1.nip.io:8000',
  '127.0.0.1@evil.example',
  'localhost@evil.example',
  'evil.example#.localhost',
  'evil.example/.localhost',
  'localhost, evil.example',
  'localhost evil.example',
  'localhost:evil',
  '127.0.0.256',
  '128.0.0.1',
  '192.168.0.1',
  '0.0.0.0',
  '[::2]',
  '[::1',
  '[::1]x',
  '[::1%25lo]',
  '::1',
  '\u00e9.localhost',
  '',
];

describe('a command that listens on a loopback address', () => {
  test.each(LOCAL)('serves a request with the Host %j', async (host) => {
    expect(await statusWithHost(await served(folder), host)).toBe(200);
  });

  test.each(FOREIGN)('responds 403 to the Host %j', async (host) => {
    expect(await statusWithHost(await served(folder), host)).toBe(403);
  });

  test('responds 403 before it looks at the method, the target, or the files', async () => {
    const port = await served(folder, '--listing');
    for (const request of ['GET /', 'GET /sub', 'GET /missing', 'GET /..', 'HEAD /a.txt', 'POST /a.txt']) {
      const { status } = await exchange(
        port,
        `${request} HTTP/1.1`,
        'Host: evil.example',
        'Connection: close',
      );
      expect([request, status]).toEqual([request, 403]);
    }
    const preflight = ['Origin: http://evil.example', 'Access-Control-Request-Method: GET'];
    const { status } = await exchange(
      port,
      'OPTIONS * HTTP/1.1',
      'Host: evil.example',
      'Connection: close',
      ...preflight,
    );
    expect(status).toBe(403);
  });

  test('says in plain text which option allows the name', async () => {
    const { headers, body } = await getWithHost(await served(folder), 'Dev.Example:8000');
    expect(headers).toMatchObject({
      'content-type': 'text/plain; charset=utf-8',
      'x-content-type-options': 'nosniff',
      'cache-control': 'no-store',
      'content-length': String(body.length),
    });
    expect(body.toString()).toBe(
      "Forbidden: requests for the host 'dev.example' are not allowed.\n" +
        'The option --allowed-host dev.example allows them.\n',
    );
  });

  test('does not repeat a Host that is not a name', async () => {
    for (const host of ['<script>alert(1)</script>', "x' --host 0.0.0.0", 'x;reboot', '\x1b[2J', '']) {
      const { status, body } = await getWithHost(await served(folder), host);
      // Node itself refuses control characters.
      expect([400, 403]).toContain(status);
      if (status === 403)
        expect(body.toString()).toBe(
          'Forbidden: requests for this host are not allowed.\nThe option --allowed-host NAME allows them.\n',
        );
    }
  });

  test('sends no body for HEAD', async () => {
    const port = await served(folder);
    const { status, body } = await exchange(
      port,
      'HEAD / HTTP/1.1',
      'Host: evil.example',
      'Connection: close',
    );
    expect([status, body.length]).toEqual([403, 0]);
  });

  test('checks each request of a connection', async () => {
    const requests = ['localhost', 'evil.example', 'localhost'].map(
      (host, index) =>
        `GET /a.txt HTTP/1.1\r\nHost: ${host}\r\n${index === 2 ? 'Connection: close\r\n' : ''}\r\n`,
    );
    const bytes = await rawExchange(await served(folder), Buffer.from(requests.join('')));
    expect(bytes.toString().match(/HTTP\/1\.1 \d+/g)).toEqual([
      'HTTP/1.1 200',
      'HTTP/1.1 403',
      'HTTP/1.1 200',
    ]);
  });

  test('responds 403 to a request of HTTP/1.0 without a Host, and serves one with an allowed Host', async () => {
    const port = await served(folder);
    expect((await exchange(port, 'GET /a.txt HTTP/1.0')).status).toBe(403);
    expect((await exchange(port, 'GET /a.txt HTTP/1.0', 'Host: localhost')).status).toBe(200);
    expect((await exchange(port, 'GET http://localhost/a.txt HTTP/1.0')).status).toBe(200);
  });

  test.each([
    ['http://localhost/a.txt', 'localhost', 200],
    ['http://LOCALHOST:8000/a.txt', '127.0.0.1:8000', 200],
    ['https://127.0.0.1/a.txt', 'localhost', 200],
    ['http://evil.example/a.txt', 'evil.example', 403],
    ['http://evil.example/a.txt', 'localhost', 403],
    ['http://localhost/a.txt', 'evil.example', 403],
    ['http://localhost@evil.example/a.txt', 'localhost', 403],
    ['http://evil.example?localhost/', 'localhost', 403],
    ['ftp://evil.example/a.txt', 'localhost', 403],
  ])('checks the host of an absolute-form target as well as Host: %s with %s responds %d', async (...row) => {
    const [target, host, status] = row;
    expect((await getWithHost(await served(folder), host, target)).status).toBe(status);
  });

  test('serves the names of --allowed-host, and no others', async () => {
    const names = ['--allowed-host', 'Dev.Example', '--allowed-host', '[2001:db8::1]'];
    const port = await served(folder, ...names, '--allowed-host', '192.0.2.1');
    for (const host of ['dev.example', 'DEV.example.:80', '[2001:db8::1]:80', '192.0.2.1', 'localhost'])
      expect([host, await statusWithHost(port, host)]).toEqual([host, 200]);
    for (const host of ['evil.example', 'x.dev.example', 'xdev.example', 'dev.example.evil', '192.0.2.2'])
      expect([host, await statusWithHost(port, host)]).toEqual([host, 403]);
  });

  test('serves the names of a config file', async () => {
    const file = join(folderWith({ 'a.txt': 'abc' }), 'serve.json');
    put(file, JSON.stringify({ export: { '/': '.' }, 'allowed-host': ['one.example', 'two.example'] }));
    const port = await served('--config', file);
    expect(await statusWithHost(port, 'two.example')).toBe(200);
    expect(await statusWithHost(port, 'evil.example')).toBe(403);
    const replaced = await served('--config', file, '--allowed-host', 'three.example');
    expect(await statusWithHost(replaced, 'three.example')).toBe(200);
    expect(await statusWithHost(replaced, 'two.example')).toBe(403);
  });

  test('checks the host with --workers too', async () => {
    const port = await new Run([folder, '--port', '0', '--workers', '2']).port();
    for (const [host, status] of [
      ['localhost', 200],
      ['evil.example', 403],
    ] as const)
      expect(await statusWithHost(port, host)).toBe(status);
  }, 60_000);

  test('that --host names serves this name', async () => {
    const port = await served(folder, '--host', 'localhost');
    expect(await statusWithHost(port, `localhost:${port}`)).toBe(200);
    expect(await statusWithHost(port, 'evil.example')).toBe(403);
  });
});

describe('a command that listens on another address', () => {
  test('accepts every Host', async () => {
    const port = await served(folder, '--host', '0.0.0.0');
    for (const host of ['evil.example', '192.0.2.1', 'localhost', ''])
      expect([host, await statusWithHost(port, host)]).toEqual([host, 200]);
    expect((await exchange(port, 'GET /a.txt HTTP/1.0')).status).toBe(200);
  });

  test('accepts only the names of --allowed-host, its own address and loopback addresses with the option', async () => {
    const port = await served(folder, '--host', '0.0.0.0', '--allowed-host', 'dev.example');
    for (const host of ['dev.example', 'localhost', '127.0.0.1', '0.0.0.0'])
      expect([host, await statusWithHost(port, host)]).toEqual([host, 200]);
    for (const host of ['evil.example', '192.0.2.1'])
      expect([host, await statusWithHost(port, host)]).toEqual([host, 403]);
  });
});

test.each([
  '',
  'dev.example:8000',
  'http://dev.example',
  '*',
  '*.dev.example',
  'a/b',
  '[::1',
  'a..b',
  '-a b',
])('--allowed-host %j is an error that names the value', async (value) => {
  const { code, stderr } = await outcome(`--allowed-host=${value}`);
  expect([code, stderr]).toEqual([
    1,
    `shared-data: option --allowed-host: expected a host name such as 'dev.example', without a port, got '${value}'\n`,
  ]);
});
