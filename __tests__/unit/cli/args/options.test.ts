import { symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { brotliCompressSync } from 'node:zlib';
import { folderWith, put } from '../../../support/files';
import { eventually } from '../../../support/process';
import { rawRequest } from '../../../support/server';
import { CERT, KEY, outcome, served } from '../../../support/cli';

const html = '<!doctype html><title>Home</title>';

async function statusAt(port: number, target: string): Promise<number> {
  return (await rawRequest(port, 'GET', target)).status;
}

describe('an invalid option value exits with code 1 and one line that names it:', () => {
  const text = join(folderWith({ 'a.txt': 'no key' }), 'a.txt');

  test.each<[args: string[], line: string]>([
    [['--dotfiles', 'show'], "option --dotfiles: expected ignore or deny or allow, got 'show'"],
    [['--symlinks', ''], "option --symlinks: expected follow or inside, got ''"],
    [['--index', 'a/b.html'], "option --index: expected a name such as 'index.html', got 'a/b.html'"],
    [['--index', ''], "option --index: expected a name such as 'index.html', got ''"],
    [['--https'], 'option --https: expected --key FILE and --cert FILE with it, got neither'],
    [
      ['--https', '--key', KEY],
      `option --https: expected --key FILE and --cert FILE with it, got --key ${KEY} alone`,
    ],
    [
      ['--https', '--cert', CERT],
      `option --https: expected --key FILE and --cert FILE with it, got --cert ${CERT} alone`,
    ],
    [['--key', KEY], `option --key: expected https with it, got '${KEY}' alone`],
    [['--cert', CERT], `option --cert: expected https with it, got '${CERT}' alone`],
    [['--https', '--key', `${KEY}x`, '--cert', CERT], `cannot read '${KEY}x': no such file or directory`],
    [['--config', 'no-such.json'], "cannot read 'no-such.json': no such file or directory"],
  ])('%j', async (args, line) => {
    expect(await outcome(...args)).toEqual({ code: 1, stdout: null, stderr: `shared-data: ${line}\n` });
  });

  test('a file that is not a key', async () => {
    const { code, stderr } = await outcome('--https', '--key', text, '--cert', CERT);
    expect(code).toBe(1);
    expect(stderr).toContain(`shared-data: cannot use the key '${text}' with the certificate '${CERT}': `);
  });
});

test('--index serves the first existing index file of a directory', async () => {
  const folder = folderWith({
    'index.html': html,
    'b/home.htm': 'second',
    'c/index.html': html,
    'c/home.htm': '',
  });
  const port = await served(folder, '--index', 'index.html', '--index', 'home.htm');
  expect((await rawRequest(port, 'GET', '/')).body.toString()).toBe(html);
  expect((await rawRequest(port, 'GET', '/b/')).body.toString()).toBe('second');
  expect((await rawRequest(port, 'GET', '/c/')).body.toString()).toBe(html);
  expect((await rawRequest(port, 'GET', '/b')).headers['location']).toBe('./b/');
});

test('--precompressed sends stored encodings', async () => {
  const folder = folderWith({ 'a.js': 'var a;' });
  put(join(folder, 'a.js.br'), brotliCompressSync('var a;'));
  const coding = async (...args: string[]) =>
    (await rawRequest(await served(folder, ...args), 'GET', '/a.js', [['Accept-Encoding', 'br']])).headers[
      'content-encoding'
    ];
  expect(await coding('--precompressed')).toBe('br');
  expect(await coding()).toBeUndefined();
});

test('files are compressed for clients that accept it, but not with --no-compress', async () => {
  const { now } = Date;
  jest.spyOn(Date, 'now').mockImplementation(() => now() + 10_000);
  const folder = folderWith({ 'a.js': 'var a;'.repeat(1000) });
  const answerOf = async (port: number) => {
    const { headers } = await rawRequest(port, 'GET', '/a.js', [['Accept-Encoding', 'br']]);
    return [headers['vary'], headers['content-encoding']];
  };
  const port = await served(folder);
  await eventually(async () => {
    expect(await answerOf(port)).toEqual(['Accept-Encoding', 'br']);
  });
  expect(await answerOf(await served(folder, '--no-compress'))).toEqual([undefined, undefined]);
  jest.restoreAllMocks();
});

test.each([
  [[], 404],
  [['--dotfiles', 'ignore'], 404],
  [['--dotfiles', 'deny'], 403],
  [['--dotfiles', 'allow'], 200],
])('with %j a dotfile responds %d', async (args, status) => {
  const port = await served(folderWith({ '.env': 'x' }), ...args);
  expect(await statusAt(port, '/.env')).toBe(status);
});

test.each([
  [[], 200],
  [['--symlinks', 'follow'], 200],
  [['--symlinks', 'inside'], 404],
])('with %j a link out of the folder responds %d', async (args, status) => {
  const folder = folderWith();
  symlinkSync(join(folderWith({ 'a.txt': 'abc' }), 'a.txt'), join(folder, 'link.txt'));
  expect(await statusAt(await served(folder, ...args), '/link.txt')).toBe(status);
});
