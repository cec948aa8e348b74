import { createHash, randomBytes } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, statSync, utimesSync } from 'node:fs';
import { join } from 'node:path';
import { Transform } from 'node:stream';
import { createDeflateRaw, inflateRawSync } from 'node:zlib';
import { compressFile, type CompressedFile } from '../../../../src/cli/compress/compress-file';
import type { DeltaEncoder } from '../../../../src/cli/compress/delta-encoder';
import { encoders } from '../../../../src/encode/encoders';
import { readOldRelease, withoutHash } from '../../../../src/cli/compress/old-release';
import { findTextFiles } from '../../../../src/cli/compress/text-files';
import { dictionaryOf } from '../../../support/deltas';
import { folderWith, put } from '../../../support/files';

/** Text that deflate cannot make much smaller without a dictionary. */
const base = Array.from({ length: 400 }, (_, at) =>
  createHash('md5').update(String(at)).digest('base64'),
).join('\n');
const newText = `${base}\nnew`;
const LONG_AGO = new Date('2024-02-29T12:00:00Z');

/** Deflate has dictionaries on every version of Node. */
const makeDelta: DeltaEncoder = (dictionary) => createDeflateRaw({ dictionary });

const signal = new AbortController().signal;
const noErrors = (path: string, error: unknown): never => {
  throw new Error(path, { cause: error });
};

/** Compresses the one text file of a folder, with the files of older releases as dictionaries. */
async function compressWith(folder: string, ...oldFolders: string[]): Promise<CompressedFile | null> {
  const releases = await Promise.all(oldFolders.map((old) => readOldRelease(old, noErrors)));
  const [file] = await findTextFiles(folder, noErrors);
  const below = file?.path.slice(folder.length + 1) ?? '';
  return compressFile(file ?? { path: '', deltas: [] }, {
    minSize: 1,
    encoders: encoders({}),
    deltas: { makeDelta, candidates: (_path, size) => releases.map((find) => find(below, size)) },
    signal,
  });
}

const deltasIn = (folder: string) => readdirSync(folder).filter((name) => name.endsWith('.dcz'));

test('a delta is written with its header, the mode and the time of the original', async () => {
  const old = `${base}\nold`;
  const folder = folderWith({ 'app.2b.js': newText }, LONG_AGO);
  const compressed = await compressWith(folder, folderWith({ 'app.1a.js': old }));
  const { short } = dictionaryOf(old);
  expect(deltasIn(folder)).toEqual([`app.2b.js.${short}.dcz`]);
  const name = join(folder, `app.2b.js.${short}.dcz`);
  const content = readFileSync(name);
  expect(content.subarray(0, 40)).toEqual(dictionaryOf(old).delta('dcz', ''));
  expect(inflateRawSync(content.subarray(40), { dictionary: Buffer.from(old) }).toString()).toBe(newText);
  expect(statSync(name)).toMatchObject({ mtime: LONG_AGO, mode: statSync(join(folder, 'app.2b.js')).mode });
  const insteadOf = Math.min(...(compressed?.sizes.values() ?? []));
  expect(compressed?.deltas).toEqual([{ size: content.length, insteadOf, isNew: true }]);
});

test('each older release gets a delta, with the file of it that makes the delta smallest', async () => {
  const folder = folderWith({ 'index-Cc34Dd56.js': newText }, LONG_AGO);
  const best = `${base}\nbest`;
  const other = randomBytes(newText.length).toString('latin1').slice(0, newText.length);
  const [first, second] = [
    folderWith({ 'index-Aa12Bb34.js': best, 'index-Zz98Yy76.js': other }),
    folderWith({ 'index-Aa12Bb34.js': `${base}\nsecond` }),
  ];
  expect((await compressWith(folder, first, second))?.deltas.length).toBe(2);
  expect(new Set(deltasIn(folder))).toEqual(
    new Set([best, `${base}\nsecond`].map((text) => `index-Cc34Dd56.js.${dictionaryOf(text).short}.dcz`)),
  );
});

test.each([1, 900])('the smaller of two deltas is kept, also if it is made second', async (more) => {
  const [good, worse] = [`${base}\n${'x'.repeat(more)}`, `${'y'.repeat(500)}${base.slice(500)}`];
  const folder = folderWith({ 'app.3.js': newText });
  await compressWith(folder, folderWith({ 'app.1.js': worse, 'app.2.js': good }));
  expect(deltasIn(folder)).toEqual([`app.3.js.${dictionaryOf(good).short}.dcz`]);
});

test('no delta is written that is not smaller than the smallest encoding, or for a file that is unchanged', async () => {
  const repeated = 'The same words over and over.\n'.repeat(100);
  const folder = folderWith({ 'app.js': repeated });
  expect((await compressWith(folder, folderWith({ 'app.js': 'an unrelated file' })))?.deltas).toEqual([]);
  const unchanged = folderWith({ 'app.js': newText });
  expect((await compressWith(unchanged, folderWith({ 'app.js': newText })))?.deltas).toEqual([]);
  expect([...deltasIn(folder), ...deltasIn(unchanged)]).toEqual([]);
});

test('a file that no encoding makes smaller may have a delta', async () => {
  const random = randomBytes(5000).toString('latin1');
  const bytes = Buffer.from(random, 'latin1');
  const folder = folderWith({ 'app.js': bytes });
  const compressed = await compressWith(
    folder,
    folderWith({ 'app.js': Buffer.concat([bytes, bytes.subarray(9)]) }),
  );
  expect(compressed?.deltas).toMatchObject([{ insteadOf: 5000, isNew: true }]);
});

test('a delta that is up to date is not written again', async () => {
  const folder = folderWith({ 'app.js': newText }, LONG_AGO);
  const old = folderWith({ 'app.js': `${base}\nold` });
  await compressWith(folder, old);
  const name = join(folder, deltasIn(folder)[0] ?? '');
  const before = statSync(name);
  const again = await compressWith(folder, old);
  expect(again).toMatchObject({ isNew: false, deltas: [{ size: before.size, isNew: false }] });
  expect(statSync(name).ino).toBe(before.ino);
});

test.each([
  ['a newer', 60],
  ['an older', -60],
])(
  'the deltas of another version are removed after %s original has replaced the file',
  async (_what, seconds) => {
    const folder = folderWith({ 'app.js': newText }, LONG_AGO);
    await compressWith(folder, folderWith({ 'app.js': `${base}\nold` }));
    const [name = ''] = deltasIn(folder);
    put(join(folder, 'app.js'), `${base}\nother`, new Date(LONG_AGO.getTime() + seconds * 1000));
    await compressWith(folder);
    expect(existsSync(join(folder, name))).toBe(false);
  },
);

test('deltas of Brotli, which the command does not write, are left alone', async () => {
  const name = `app.js.${'0'.repeat(16)}.dcb`;
  const folder = folderWith({ 'app.js': newText, [name]: 'from elsewhere' });
  utimesSync(join(folder, name), LONG_AGO, LONG_AGO);
  await compressWith(folder);
  expect(existsSync(join(folder, name))).toBe(true);
});

test('if a delta fails, nothing incomplete remains', async () => {
  const folder = folderWith({ 'app.js': newText });
  const file = { path: join(folder, 'app.js'), deltas: [] };
  const failing = compressFile(file, {
    minSize: 1,
    encoders: encoders({}).slice(0, 1),
    deltas: {
      makeDelta: () =>
        new Transform({
          transform: (_chunk, _encoding, done) => {
            done(new Error('broken'));
          },
        }),
      candidates: () => [[{ path: file.path, hasSamePath: false }]],
    },
    signal,
  });
  await expect(failing).rejects.toThrow('broken');
  expect(readdirSync(folder).sort()).toEqual(['app.js', 'app.js.br']);
});

test('at most eight files are tried: the one with the same path, then those whose length is nearest', async () => {
  const files = Object.fromEntries(
    Array.from({ length: 12 }, (_, at) => [`a.${at}.js`, 'x'.repeat(10 * at)]),
  );
  const find = await readOldRelease(folderWith(files), noErrors);
  const candidates = find('a.0.js', 110);
  expect(candidates.map(({ hasSamePath }) => hasSamePath)).toEqual([true, ...Array<boolean>(7).fill(false)]);
  expect(candidates.map(({ path }) => /\.(\d+)\./.exec(path)?.[1])).toEqual([
    '0',
    '11',
    '10',
    '9',
    '8',
    '7',
    '6',
    '5',
  ]);
});

test.each([
  ['app.js', 'app.js'],
  ['app.3f2a.js', 'app.*.js'],
  ['app.3f.js', 'app.*.js'],
  ['index-BxYz12ab.js', 'index-*.js'],
  ['index-DiwrgTda.js', 'index-*.js'],
  ['index-B-x_1z2a.js', 'index-*.js'],
  ['index-component.js', 'index-component.js'],
  ['my-page-KQXZJAAB.css', 'my-page-*.css'],
  ['main.8e0d62a03.chunk.js', 'main.*.chunk.js'],
  ['jquery-3.7.1.min.js', 'jquery-*.*.*.min.js'],
  ['v2/app_1.js', 'v2/app_*.js'],
  ['3f2a.js', '3f2a.js'],
  ['font.woff2', 'font.woff2'],
])('%s without a hash is %s', (path, expected) => {
  expect(withoutHash(path)).toBe(expected);
});
