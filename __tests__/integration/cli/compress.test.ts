import { randomBytes } from 'node:crypto';
import {
  chmodSync,
  existsSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  utimesSync,
} from 'node:fs';
import { join } from 'node:path';
import zlib, { brotliDecompressSync, gunzipSync } from 'node:zlib';
import { folderWith, put } from '../../support/files';
import { eventually } from '../../support/process';
import { rawRequest } from '../../support/server';
import { outcome, run, Run, served } from '../../support/cli';

// Starting a process takes long on a busy machine.
jest.setTimeout(60_000);

const text = 'The same words over and over.\n'.repeat(100);
/** The extensions of the encodings that this version of Node writes, sorted by name. */
const codings = 'createZstdCompress' in zlib ? ['.br', '.gz', '.zst'] : ['.br', '.gz'];

function coded(name: string): string[] {
  return [name, ...codings.map((coding) => name + coding)];
}

function namesIn(folder: string): string[] {
  return readdirSync(folder).sort();
}

function mtimeOf(filename: string): bigint {
  return statSync(filename, { bigint: true }).mtimeNs;
}

describe('shared-data compress', () => {
  test('writes each encoding next to the text files of all folders, and prints one line', async () => {
    const folder = folderWith({ 'a.js': text, 'deep/er/b.svg': text });
    const started = new Run(['compress', '.'], folder);
    expect(await started.outcome).toBe(0);
    expect(namesIn(folder)).toEqual([...coded('a.js'), 'deep']);
    expect(namesIn(join(folder, 'deep/er'))).toEqual(coded('b.svg'));
    expect(brotliDecompressSync(readFileSync(join(folder, 'a.js.br'))).toString()).toBe(text);
    expect(gunzipSync(readFileSync(join(folder, 'a.js.gz'))).toString()).toBe(text);
    const sizes = ['.br', '.gz'].map((coding) => 2 * statSync(join(folder, `a.js${coding}`)).size);
    expect(started.stdout.split('\n')).toEqual([
      expect.stringContaining(
        `2 files compressed, 0 up to date: ${2 * text.length} bytes before, after ${String(sizes[0])} as br, ${String(sizes[1])} as gzip`,
      ),
      '',
    ]);
    expect(started.stderr).toBe('');
  });

  test('creates the encodings that --precompressed serves', async () => {
    const folder = folderWith({ 'a.js': text }, new Date('2024-02-29T12:00:00.123Z'));
    await outcome('compress', folder);
    const port = await served(folder, '--precompressed');
    for (const coding of ['br', 'gzip']) {
      const { headers } = await rawRequest(port, 'GET', '/a.js', [['Accept-Encoding', coding]]);
      expect(headers['content-encoding']).toBe(coding);
    }
  });

  test.each([
    ['a.txt', true],
    ['a.html', true],
    ['a.css', true],
    ['a.mjs', true],
    ['a.json', true],
    ['a.webmanifest', true],
    ['a.xml', true],
    ['a.atom', true],
    ['a.wasm', true],
    ['a.ttf', true],
    ['a.otf', true],
    ['a.woff', false],
    ['a.woff2', false],
    ['a.png', false],
    ['a.mp4', false],
    ['a.zip', false],
    ['a.txt.gz', false],
    ['a', false],
  ])('compresses %s: %s', async (name, isText) => {
    const folder = folderWith({ [name]: text });
    await outcome('compress', folder);
    expect(namesIn(folder)).toEqual(isText ? coded(name) : [name]);
  });

  test('ignores hidden files, links and their targets', async () => {
    const outside = folderWith({ 'a.txt': text });
    const folder = folderWith({ '.hidden.txt': text, '.git/a.txt': text, '.well-known/b.txt': text });
    symlinkSync(outside, join(folder, 'folder'));
    symlinkSync(join(outside, 'a.txt'), join(folder, 'link.txt'));
    await outcome('compress', folder);
    expect(namesIn(folder)).toEqual(['.git', '.hidden.txt', '.well-known', 'folder', 'link.txt']);
    expect(namesIn(join(folder, '.git'))).toEqual(['a.txt']);
    expect(namesIn(join(folder, '.well-known'))).toEqual(coded('b.txt'));
    expect(namesIn(outside)).toEqual(['a.txt']);
  });

  test('ignores files smaller than 1 KiB or --min-size', async () => {
    const files = { 'a.txt': 'a'.repeat(1023), 'b.txt': 'b'.repeat(1024) };
    const [folder, other] = [folderWith(files), folderWith(files)];
    await outcome('compress', folder);
    expect(namesIn(folder)).toEqual(['a.txt', ...coded('b.txt')]);
    await outcome('compress', other, '--min-size', '1023');
    expect(namesIn(other)).toEqual([...coded('a.txt'), ...coded('b.txt')]);
  });

  test('removes an encoding that is not smaller, and the encoding of old content', async () => {
    const folder = folderWith({ 'a.txt': text });
    await outcome('compress', folder);
    put(join(folder, 'a.txt'), randomBytes(2048), new Date(Date.now() + 10_000));
    const { code, stdout } = await outcome('compress', folder);
    expect(namesIn(folder)).toEqual(['a.txt']);
    expect(code).toBe(0);
    expect(stdout).toMatch(/^0 files compressed, 0 up to date: 0 bytes before/);
  });

  test('sets the mode and the mtime of the original, never an earlier mtime', async () => {
    const times = ['2024-02-29T12:00:00Z', '2024-02-29T12:00:00.123Z', '1970-01-01T00:00:00.5Z'];
    const folder = folderWith(Object.fromEntries(times.map((_time, at) => [`${at}.txt`, text])));
    for (const [at, time] of times.entries()) utimesSync(join(folder, `${at}.txt`), 0, new Date(time));
    put(join(folder, 'now.txt'), text);
    chmodSync(join(folder, 'now.txt'), 0o666);
    chmodSync(join(folder, '0.txt'), 0o600);
    await outcome('compress', folder);
    for (const name of ['now', ...times.keys()]) {
      const original = join(folder, `${name}.txt`);
      for (const coding of codings) {
        const later = mtimeOf(original + coding) - mtimeOf(original);
        expect(later >= 0n && later < 1_000_000n).toBe(true);
        expect(statSync(original + coding).mode).toBe(statSync(original).mode);
      }
    }
  });

  test('does not rewrite an encoding that is up to date', async () => {
    const folder = folderWith({ 'a.txt': text });
    await outcome('compress', folder);
    const before = statSync(join(folder, 'a.txt.br'));
    const { stdout } = await outcome('compress', folder);
    expect(statSync(join(folder, 'a.txt.br'))).toMatchObject({ ino: before.ino, ctimeMs: before.ctimeMs });
    expect(stdout).toMatch(/^0 files compressed, 1 up to date: 3000 bytes before, after \d+ as br/);
  });

  test.each([
    ['a newer', 60],
    ['an older', -60],
  ])('rewrites an encoding after %s original has replaced the file', async (_what, seconds) => {
    const folder = folderWith({ 'a.txt': text });
    await outcome('compress', folder);
    const changed = text.replaceAll('words', 'lines');
    put(join(folder, 'a.txt'), changed, new Date(Date.now() + seconds * 1000));
    const { stdout } = await outcome('compress', folder);
    expect(gunzipSync(readFileSync(join(folder, 'a.txt.gz'))).toString()).toBe(changed);
    expect(stdout).toMatch(/^1 file compressed/);
  });

  test('writes only missing encodings', async () => {
    const folder = folderWith({ 'a.txt': text });
    await outcome('compress', folder);
    const { ino } = statSync(join(folder, 'a.txt.br'));
    rmSync(join(folder, 'a.txt.gz'));
    await outcome('compress', folder);
    expect([statSync(join(folder, 'a.txt.br')).ino, existsSync(join(folder, 'a.txt.gz'))]).toEqual([
      ino,
      true,
    ]);
  });

  test('reports a file that cannot be compressed, continues, and exits with code 1', async () => {
    const folder = folderWith({ 'a.txt': text, 'b.txt': text, 'a.txt.br/in-the-way': '' });
    const { code, stdout, stderr } = await outcome('compress', folder);
    expect(stderr).toBe(
      `shared-data: cannot compress '${join(folder, 'a.txt')}': illegal operation on a directory\n`,
    );
    expect(stdout).toMatch(/^1 file compressed/);
    expect(code).toBe(1);
    expect(namesIn(folder)).toEqual(['a.txt', 'a.txt.br', ...coded('b.txt')]);
  });

  test('prints nothing with --quiet', async () => {
    const folder = folderWith({ 'a.txt': text });
    expect(await outcome('compress', folder, '--quiet')).toEqual({ code: 0, stdout: null, stderr: null });
    expect(namesIn(folder)).toEqual(coded('a.txt'));
  });

  test('stops at a signal with code 1 and without incomplete files', async () => {
    const large = Buffer.from(Array.from({ length: 16 * 1024 * 1024 }, (_, at) => 32 + ((at * at) % 91)));
    const folder = folderWith({ 'large.txt': large });
    const started = new Run(['compress', folder]);
    await eventually(() => {
      expect(namesIn(folder).length).toBe(2);
    });
    started.child.kill('SIGINT');
    expect(await started.outcome).toBe(1);
    expect(started.stderr).toBe('shared-data: stopped before all files were compressed\n');
    expect(namesIn(folder)).toEqual(['large.txt']);
  });
});

describe('the arguments of compress:', () => {
  test('--help prints the options of compress', async () => {
    const { code, stdout } = await outcome('compress', '--help');
    expect(code).toBe(0);
    expect(stdout).toMatch(/^Usage: shared-data compress <folder> \[options\]\n/);
    expect(
      String(stdout)
        .match(/--[\w-]+(?= {2}|.* {2})/gm)
        ?.slice(-4),
    ).toEqual(['--min-size', '--dictionaries-from', '--quiet', '--help']);
  });

  test('--help of the main command mentions compress', async () => {
    expect((await outcome('--help')).stdout).toMatch(/^ +shared-data compress <folder>/m);
  });

  test.each<[args: string[], line: string]>([
    [[], 'compress: expected a folder, got none'],
    [['a', 'b'], "compress: expected one folder, got also 'b'"],
    [['no-such'], "cannot compress 'no-such': no such file or directory"],
    [['package.json'], "cannot compress 'package.json': not a folder"],
    [['.', '--dictionaries-from', 'no-such'], "cannot compress 'no-such': no such file or directory"],
    [
      ['.', '--min-size', '1k'],
      `option --min-size: expected a whole number from 0 to ${Number.MAX_SAFE_INTEGER}, got '1k'`,
    ],
  ])('%j exits with code 1 and one line', async (args, line) => {
    const { code, stdout, stderr } = run('compress', ...args);
    expect([await code, stdout.read(), stderr.read()]).toEqual([1, null, `shared-data: ${line}\n`]);
  });

  test('./compress serves a folder of that name', async () => {
    const started = new Run(['./compress', '--port', '0'], folderWith({ 'compress/a.txt': 'abc' }));
    expect((await rawRequest(await started.port(), 'GET', '/a.txt')).body.toString()).toBe('abc');
  });
});
