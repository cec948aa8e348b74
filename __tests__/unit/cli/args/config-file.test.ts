import { join } from 'node:path';
import { folderWith, put } from '../../../support/files';
import { rawRequest } from '../../../support/server';
import { CERT, outcome, Run, served } from '../../../support/cli';

// Starting a process takes long on a busy machine.
jest.setTimeout(60_000);

/** Creates a folder with a config file and other files. Returns the name of the config file. */
function config(content: unknown, files: Record<string, string> = {}): string {
  const filename = join(folderWith(files), 'serve.json');
  put(filename, typeof content === 'string' ? content : JSON.stringify(content));
  return filename;
}

async function bodyAt(port: number, target: string): Promise<string> {
  return (await rawRequest(port, 'GET', target)).body.toString();
}

describe('a config file', () => {
  test('has paths relative to its own folder, not to the working directory', async () => {
    const file = config(
      { port: 0, quiet: true, export: { '/static': 'public', '/one.txt': './public/a.txt' } },
      { 'public/a.txt': 'abc' },
    );
    const port = await new Run(['--config', file], folderWith({ 'public/a.txt': 'other' })).port();
    expect(await bodyAt(port, '/static/a.txt')).toBe('abc');
    expect(await bodyAt(port, '/one.txt')).toBe('abc');
  });

  test('can have absolute paths, and an ordered list of exports', async () => {
    const other = folderWith({ 'b.txt': 'B', 'a.txt': 'not this' });
    const file = config({ export: ['/x=public', `/x=${other}`] }, { 'public/a.txt': 'A' });
    const port = await served('--config', file);
    expect([await bodyAt(port, '/x/a.txt'), await bodyAt(port, '/x/b.txt')]).toEqual(['A', 'B']);
  });

  test('can have a string or a list for a repeatable option', async () => {
    const file = config(
      { export: { '/': '.' }, index: 'home.htm', disallow: ['*.map', '*.tmp'] },
      { 'home.htm': 'home', 'a.map': '', 'a.tmp': '' },
    );
    const port = await served('--config', file);
    expect(await bodyAt(port, '/')).toBe('home');
    for (const target of ['/a.map', '/a.tmp'])
      expect((await rawRequest(port, 'GET', target)).status).toBe(404);
  });

  test('can disable an option that is enabled by default', async () => {
    const file = config({ export: { '/': '.' }, cache: false }, { 'a.txt': 'abc' });
    const { headers } = await rawRequest(await served('--config', file), 'GET', '/a.txt');
    expect(headers).not.toHaveProperty('etag');
  });

  test('can turn the index off', async () => {
    const file = config({ export: { '/': '.' }, index: false, listing: false }, { 'index.html': 'home' });
    expect((await rawRequest(await served('--config', file), 'GET', '/')).status).toBe(404);
    expect(await bodyAt(await served('--config', file, '--index', 'index.html'), '/')).toBe('home');
  });

  test('has all options of the command line that are about responses', async () => {
    const file = config(
      {
        export: { '/': '.' },
        'cache-timeout': 60,
        immutable: 'assets/',
        extensions: ['html'],
        header: ['X-One: 1', 'X-Two: 2'],
        cors: true,
      },
      { 'about.html': 'about', 'assets/a.js': 'a' },
    );
    const port = await served('--config', file);
    const [page, script] = await Promise.all(
      ['/about', '/assets/a.js'].map((target) => rawRequest(port, 'GET', target)),
    );
    expect(page?.headers).toMatchObject({
      'cache-control': 'max-age=60, public',
      'x-one': '1',
      'x-two': '2',
      'access-control-allow-origin': '*',
    });
    expect(script?.headers['cache-control']).toBe('max-age=31536000, public, immutable');
  });

  test('can choose the port, which then is the only one that is tried', async () => {
    const other = await served(folderWith());
    const { code, stderr } = await outcome('--config', config({ port: other }));
    expect([code, stderr]).toEqual([
      1,
      `shared-data: cannot listen on http://127.0.0.1:${other}/: address already in use\n`,
    ]);
  });

  test('with an empty object changes nothing', async () => {
    const port = await served('--config', config({}), folderWith({ 'a.txt': 'abc' }));
    expect(await bodyAt(port, '/a.txt')).toBe('abc');
  });
});

describe('the command line overrides the config file', () => {
  test('for a single value', async () => {
    const file = config({ 'cache-timeout': 1, export: { '/': '.' } }, { 'a.txt': 'abc' });
    const port = await served('--config', file, '--cache-timeout', '2');
    expect((await rawRequest(port, 'GET', '/a.txt')).headers['cache-control']).toBe('max-age=2, public');
  });

  test('for all values of a repeatable option', async () => {
    const file = config({ disallow: '*.txt', export: { '/': '.' } }, { 'a.txt': 'abc', 'a.map': '' });
    const port = await served('--config', file, '--disallow', '*.map');
    expect(await bodyAt(port, '/a.txt')).toBe('abc');
    expect((await rawRequest(port, 'GET', '/a.map')).status).toBe(404);
  });

  test('for the folder at /, but keeps other exports', async () => {
    const file = config({ export: { '/': '.', '/x': '.' } }, { 'a.txt': 'of the file' });
    const port = await served('--config', file, folderWith({ 'a.txt': 'of the command line' }));
    expect([await bodyAt(port, '/a.txt'), await bodyAt(port, '/x/a.txt')]).toEqual([
      'of the command line',
      'of the file',
    ]);
  });

  test('with --no-… for a flag, after which a key without https is no error', async () => {
    const file = config({
      https: true,
      key: 'no-such-key.pem',
      cert: CERT,
      listing: true,
      export: { '/': '.' },
    });
    const port = await served('--config', file, '--no-https', '--no-listing');
    expect((await rawRequest(port, 'GET', '/')).status).toBe(404);
  });
});

describe('an invalid config file exits with code 1 and one line with the file and the option:', () => {
  const EXPORTS = 'an object of prefixes and paths, or a list of "/prefix=path"';

  test.each<[content: unknown, line: string]>([
    [[1], 'FILE: expected an object of options, got [ 1 ]'],
    ['null', 'FILE: expected an object of options, got null'],
    [{ port: '8080' }, "FILE: option 'port': expected a number, got '8080'"],
    [{ port: 80.5 }, "FILE: option 'port': expected a whole number from 0 to 65535, got '80.5'"],
    [{ port: 65536 }, "FILE: option 'port': expected a whole number from 0 to 65535, got '65536'"],
    [{ host: 1 }, "FILE: option 'host': expected a text, got 1"],
    [{ host: '' }, "FILE: option 'host': expected an address, got ''"],
    [{ quiet: 'yes' }, "FILE: option 'quiet': expected true or false, got 'yes'"],
    [{ index: true }, "FILE: option 'index': expected a text or a list of texts, got true"],
    [{ immutable: false }, "FILE: option 'immutable': expected a text or a list of texts, got false"],
    [{ cors: '*' }, "FILE: option 'cors': expected true or false, got '*'"],
    [{ index: [1] }, "FILE: option 'index': expected a text or a list of texts, got [ 1 ]"],
    [{ index: 'a/b' }, "FILE: option 'index': expected a name such as 'index.html', got 'a/b'"],
    [{ dotfiles: 'show' }, "FILE: option 'dotfiles': expected ignore or deny or allow, got 'show'"],
    [{ export: 'x' }, `FILE: option 'export': expected ${EXPORTS}, got 'x'`],
    [{ export: { '/': 1 } }, `FILE: option 'export': expected ${EXPORTS}, got { '/': 1 }`],
    [{ export: ['x'] }, "FILE: option 'export': expected /prefix=path, got 'x'"],
    [{ export: { static: 'x' } }, "FILE: option 'export': expected /prefix=path, got 'static=x'"],
    [{ export: { '/a=b': 'x' } }, "FILE: option 'export': expected a prefix without '=', got '/a=b'"],
    [{ https: true }, "FILE: option 'https': expected --key FILE and --cert FILE with it, got neither"],
    [{ key: '/k.pem' }, "FILE: option 'key': expected https with it, got '/k.pem' alone"],
  ])('%j', async (content, line) => {
    const file = config(content);
    const { code, stdout, stderr } = await outcome('--config', file);
    expect([code, stdout, stderr]).toEqual([1, null, `shared-data: ${line.replace('FILE', `'${file}'`)}\n`]);
  });

  test.each(['prot', 'help', 'config', '__proto__', 'constructor'])('unknown option %s', async (name) => {
    const file = config(`{"${name}": true}`);
    const { code, stderr } = await outcome('--config', file);
    expect(code).toBe(1);
    const meant = name === 'prot' ? ", did you mean 'port'? " : '. ';
    expect(stderr).toBe(`shared-data: '${file}': unknown option '${name}'${meant}See --help\n`);
  });

  test('invalid JSON', async () => {
    const file = config('{port: 8080}');
    const { code, stderr } = await outcome('--config', file);
    expect(code).toBe(1);
    expect(stderr).toMatch(/^shared-data: cannot read '.*serve\.json': .*JSON.*\n$/);
  });
});
