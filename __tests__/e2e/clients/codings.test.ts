import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { brotliCompressSync, brotliDecompressSync, gunzipSync, gzipSync } from 'node:zlib';
import { SharedDataMiddleware } from '../../../src/index';
import { folderWith, put } from '../../support/files';
import { eventually } from '../../support/process';
import { parseAnswer, type RawAnswer } from '../../support/server';
import { run, type Program } from './support/programs';
import { serveRecorded } from './support/recorded';

const script = 'console.log("the same words over and over");\n'.repeat(1000);

let folder: string;
let home: string;
let url: string;

beforeEach(async () => {
  folder = folderWith({ 'app.js': script }, new Date('2024-02-29T12:00:00Z'));
  home = folderWith();
  await run('zstd', ['--quiet', 'app.js'], folder);
  put(join(folder, 'app.js.br'), brotliCompressSync(script));
  put(join(folder, 'app.js.gz'), gzipSync(script));
  const shared = new SharedDataMiddleware(null, { '/': folder }, { precompressed: true });
  url = `${(await serveRecorded(shared.listener)).origin}/app.js`;
});

async function curl(...args: string[]): Promise<RawAnswer> {
  return parseAnswer(await run('curl', ['-sS', '-i', ...args, url], home));
}

const accept = (coding: string) => ['-H', `Accept-Encoding: ${coding}`];

test.each([
  ['br', 'app.js.br', brotliDecompressSync],
  ['gzip', 'app.js.gz', gunzipSync],
  ['zstd', 'app.js.zst', decodeZstd],
])('a client that accepts %s gets %s, which decodes to the original', async (coding, name, decode) => {
  const { headers, body } = await curl(...accept(coding));
  expect(headers).toMatchObject({
    'content-encoding': coding,
    'content-type': 'text/javascript; charset=utf-8',
    vary: 'Accept-Encoding',
  });
  expect(body.equals(readFileSync(join(folder, name)))).toBe(true);
  expect((await decode(body)).toString()).toBe(script);
});

async function decodeZstd(bytes: Uint8Array): Promise<Buffer> {
  put(join(home, 'app.js.zst'), bytes);
  return run('zstd', ['--quiet', '--decompress', '--stdout', 'app.js.zst'], home);
}

test('curl --compressed decodes each content coding that it supports', async () => {
  const supported = await codingsOfCurl();
  expect(supported).toEqual(expect.arrayContaining(['br', 'gzip']));
  for (const coding of supported) {
    const { headers, body } = await curl('--compressed', ...accept(coding));
    expect([headers['content-encoding'], body.toString()]).toEqual([coding, script]);
  }
});

async function codingsOfCurl(): Promise<string[]> {
  const version = await run('curl', ['--version'], home);
  const features = /^Features: (.*)$/m.exec(version.toString())?.[1]?.split(' ') ?? [];
  const codings: Record<string, string> = { brotli: 'br', libz: 'gzip', zstd: 'zstd' };
  return features.flatMap((feature) => codings[feature] ?? []);
}

test('curl --compressed gets the smallest encoding by default', async () => {
  const { headers, body } = await curl('--compressed');
  expect([headers['content-encoding'], body.toString()]).toEqual(['br', script]);
});

test('curl without --compressed gets the original', async () => {
  const { headers, body } = await curl();
  expect(headers).not.toHaveProperty('content-encoding');
  expect(body.toString()).toBe(script);
});

test('curl -r gets a range of the encoded file', async () => {
  const stored = readFileSync(join(folder, 'app.js.br'));
  const { status, headers, body } = await curl('-r', '5-9', ...accept('br'));
  expect([status, headers['content-range']]).toEqual([206, `bytes 5-9/${stored.length}`]);
  expect(body).toEqual(stored.subarray(5, 10));
});

test('curl --etag-compare gets a 304 only for the content coding of the ETag', async () => {
  await curl('--etag-save', 'tag', ...accept('gzip'));
  const statusFor = async (coding: string) => (await curl('--etag-compare', 'tag', ...accept(coding))).status;
  expect([await statusFor('gzip'), await statusFor('br'), await statusFor('identity')]).toEqual([
    304, 200, 200,
  ]);
});

test.each<[Program, string[]]>([
  ['wget', ['--no-verbose', '--tries=1', '--compression=auto']],
  ['aria2c', ['--quiet', '--max-tries=1', '--http-accept-gzip=true']],
])('%s gets gzip and decodes it', async (program, args) => {
  put(join(folder, 'app.js.gz'), gzipSync('content of the stored encoding'));
  await run(program, [...args, url], home);
  expect(readFileSync(join(home, 'app.js'), 'utf8')).toBe('content of the stored encoding');
});

describe('with compress: true,', () => {
  let target: string;

  beforeEach(async () => {
    const files = folderWith({ 'app.js': script }, new Date('2024-02-29T12:00:00Z'));
    jest.spyOn(Date, 'now').mockReturnValue(Date.now() + 10_000);
    const shared = new SharedDataMiddleware(null, { '/': files }, { compress: true });
    target = `${(await serveRecorded(shared.listener)).origin}/app.js`;
  });

  afterEach(() => jest.restoreAllMocks());

  test('curl --compressed decodes what was compressed for it', async () => {
    await eventually(async () => {
      const { headers, body } = parseAnswer(await run('curl', ['-sS', '-i', '--compressed', target], home));
      expect(body.toString()).toBe(script);
      expect(headers['content-encoding']).toBe('br');
    }, 20);
  });

  test('wget decodes what was compressed for it', async () => {
    await eventually(async () => {
      const { headers } = parseAnswer(await run('curl', ['-sS', '-I', ...accept('gzip'), target], home));
      expect(headers['content-encoding']).toBe('gzip');
    }, 20);
    await run('wget', ['--no-verbose', '--tries=1', '--compression=auto', target], home);
    expect(readFileSync(join(home, 'app.js'), 'utf8')).toBe(script);
  });
});
