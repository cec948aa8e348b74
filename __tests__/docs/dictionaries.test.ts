import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { brotliCompressSync } from 'node:zlib';
import { readArguments } from '../../src/cli/args/arguments';
import { dictionaryOf } from '../support/deltas';
import { folderWith } from '../support/files';
import { PROJECT } from '../support/root';
import { rawRequest } from '../support/server';
import { blocksUnder, start } from './support/program';

const DOCUMENT = 'docs/dictionaries.md';

test('the program serves a delta to a client that has the dictionary, and br to others', async () => {
  const old = dictionaryOf('old');
  const br = brotliCompressSync('new');
  const folder = folderWith({
    'dist/assets/app-Bx41Zk9d.js': 'new',
    'dist/assets/app-Bx41Zk9d.js.br': br,
    [`dist/assets/app-Bx41Zk9d.js.${old.short}.dcz`]: old.delta('dcz', 'delta'),
  });
  const { port } = await start(blocksUnder(DOCUMENT, 'Serving', 'js')[0] ?? '', folder);
  const get = (field: string): ReturnType<typeof rawRequest> =>
    rawRequest(port, 'GET', '/assets/app-Bx41Zk9d.js', [
      ['Accept-Encoding', 'gzip, deflate, br, zstd, dcb, dcz'],
      ['Available-Dictionary', field],
    ]);
  const { headers, body } = await get(old.field);
  expect(headers).toMatchObject({
    'content-encoding': 'dcz',
    'use-as-dictionary': 'match="/assets/app-*.js"',
    vary: 'Accept-Encoding, Available-Dictionary',
    'cache-control': 'max-age=31536000, public, immutable',
  });
  expect(body).toEqual(old.delta('dcz', 'delta'));
  expect((await get(dictionaryOf('other').field)).body).toEqual(br);
});

test('the command is one that shared-data accepts', () => {
  const [, ...args] =
    /^shared-data .+$/m.exec(blocksUnder(DOCUMENT, 'Deploying', 'sh')[0] ?? '')?.[0].split(' ') ?? [];
  expect(readArguments(args)).toMatchObject({
    name: 'compress',
    directory: 'dist',
    oldReleases: ['releases/42', 'releases/41'],
  });
});

test('the example of Available-Dictionary is one', () => {
  const text = readFileSync(join(PROJECT, DOCUMENT), 'utf8');
  expect(text).toMatch(/^Available-Dictionary: :[A-Za-z\d+/]{43}=:$/m);
});
