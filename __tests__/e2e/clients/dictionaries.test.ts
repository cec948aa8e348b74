import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { dictionaryOf } from '../../support/deltas';
import { folderWith, put } from '../../support/files';
import { compressWithDeltas } from '../../support/zstd-node';
import { browse } from './support/chromium';

const LONG_AGO = new Date('2024-02-29T12:00:00Z');
const lines = Array.from({ length: 2000 }, (_, at) => `export const value${at} = ${(at * 7919) % 10_007};`);

/** A release of a script, in which one line in the middle differs from that of other releases. */
function release(name: string): string {
  return [...lines.slice(0, 1000), `export const release = '${name}';`, ...lines.slice(1000)].join('\n');
}

const folder = folderWith({ 'app.3c.js': release('third') }, LONG_AGO);
const old = folderWith({ 'app.2b.js': release('second') });

beforeAll(() => {
  compressWithDeltas(folder, old);
  // As a deployment does, the old files stay for pages that are still open.
  put(join(folder, 'app.2b.js'), release('second'), LONG_AGO);
  put(join(folder, 'app.1a.js'), release('first'), LONG_AGO);
}, 60_000);

/** What Chromium reports that loads an old release and then the new one. */
async function load(oldName: string) {
  const { report, exchanges } = await browse(`dictionary.html?old=${oldName}`, folder, {
    precompressed: true,
    dictionaries: { match: '/files/app.*.js' },
  });
  const statuses = exchanges
    .filter(({ target }) => target === '/files/app.3c.js')
    .map(({ status }) => status);
  return { report, statuses };
}

test('Chromium loads the new release as a delta of the old one, runs it, and gets a 304 for it', async () => {
  const delta = join(folder, `app.3c.js.${dictionaryOf(release('second')).short}.dcz`);
  const { size } = statSync(delta);
  const { report, statuses } = await load('app.2b.js');
  const { length } = release('third');
  expect(report).toEqual({
    releases: ['second', 'third'],
    encodedBodySize: size,
    decodedBodySize: length,
    again: ['dcz', length],
  });
  expect(statuses).toEqual([200, 304]);
  const br = statSync(join(folder, 'app.3c.js.br')).size;
  console.log(`bytes of the new release: ${length}, as br ${br}, as a delta ${size}`);
  expect(size).toBeLessThan(br / 20);
});

test('Chromium with a release for which there is no delta gets br', async () => {
  const { report, statuses } = await load('app.1a.js');
  expect(readdirSync(folder)).not.toContain(`app.3c.js.${dictionaryOf(release('first')).short}.dcz`);
  expect(report).toMatchObject({
    releases: ['first', 'third'],
    encodedBodySize: statSync(join(folder, 'app.3c.js.br')).size,
    again: ['br', release('third').length],
  });
  expect(statuses).toEqual([200, 304]);
});
