import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { SharedDataMiddleware } from '../../../src/index';
import { folderWith, put } from '../../support/files';
import { checksum, numbered, sha256 } from './support/content';
import { run } from './support/programs';
import { serveRecorded } from './support/recorded';

const SIZE = 1_000_003;
const content = numbered(SIZE);

let folder: string;
let home: string;

beforeEach(() => {
  folder = folderWith({ 'data.bin': content }, new Date('2024-02-29T12:00:00Z'));
  home = folderWith();
});

async function wget(...args: string[]): Promise<unknown[]> {
  const { origin, exchanges } = await serveRecorded(new SharedDataMiddleware(null, { '/': folder }).listener);
  await run('wget', ['--no-verbose', '--tries=1', ...args, `${origin}/data.bin`], home);
  return exchanges().map(({ range, status }) => [range, status]);
}

test.each([
  ['resumes an interrupted download', 300_000, 206],
  ['leaves a complete download unchanged', SIZE, 416],
])('wget -c %s', async (_guarantee, length, status) => {
  put(join(home, 'data.bin'), content.subarray(0, length));
  expect(await wget('-c')).toEqual([[`bytes=${length}-`, status]]);
  expect(checksum(join(home, 'data.bin'))).toBe(sha256(content));
});

test('wget -N downloads a file only if it has changed', async () => {
  expect(await wget('-N')).toEqual([[undefined, 200]]);
  expect(await wget('-N')).toEqual([[undefined, 304]]);
  expect(checksum(join(home, 'data.bin'))).toBe(sha256(content));

  put(join(folder, 'data.bin'), 'changed', new Date('2024-03-01T12:00:00Z'));
  expect(await wget('-N')).toEqual([[undefined, 200]]);
  expect(readFileSync(join(home, 'data.bin'), 'utf8')).toBe('changed');
});
