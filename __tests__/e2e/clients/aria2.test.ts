import { readFileSync } from 'node:fs';
import type { RequestListener } from 'node:http';
import { join } from 'node:path';
import { SharedDataMiddleware } from '../../../src/index';
import { folderWith, put } from '../../support/files';
import { checksum, numbered, sha256 } from './support/content';
import { run } from './support/programs';
import { serveRecorded } from './support/recorded';

const MEBIBYTE = 2 ** 20;
const SEGMENTS = 8;
const SETTINGS = ['--quiet', '--max-tries=1', '--file-allocation=none'];

const content = numbered(16 * MEBIBYTE + 3);

let folder: string;
let home: string;
let shared: SharedDataMiddleware;

beforeEach(() => {
  folder = folderWith({ 'data.bin': content }, new Date('2024-02-29T12:00:00Z'));
  home = folderWith();
  shared = new SharedDataMiddleware(null, { '/': folder });
});

test('aria2c downloads a file in eight segments at the same time', async () => {
  // The first request has no Range. Its response gives the length.
  const { origin, exchanges } = await serveRecorded(holdRanges(SEGMENTS - 1, shared.listener));
  await run('aria2c', [...SETTINGS, '-x8', '-s8', '-k1M', `${origin}/data.bin`], home);
  expect(checksum(join(home, 'data.bin'))).toBe(sha256(content));
  const [first, ...others] = exchanges();
  expect(first).toMatchObject({ range: undefined, status: 200 });
  // A connection that has finished its segment takes over the rest of another one.
  expect(new Set(others.map(({ range }) => range)).size).toBeGreaterThanOrEqual(SEGMENTS - 1);
  expect(new Set(others.map(({ status }) => status))).toEqual(new Set([206]));
});

/** Holds requests for ranges until there are `count` of them. */
function holdRanges(count: number, listener: RequestListener): RequestListener {
  const held: (() => void)[] = [];
  return (req, res) => {
    const respond = () => {
      listener(req, res);
    };
    if (req.headers.range !== undefined) held.push(respond);
    if (req.headers.range === undefined || held.length > count) respond();
    else if (held.length === count) for (const each of held) each();
  };
}

test('aria2c -c resumes an interrupted download', async () => {
  const { origin, exchanges } = await serveRecorded(shared.listener);
  put(join(home, 'data.bin'), content.subarray(0, 3 * MEBIBYTE));
  await run('aria2c', [...SETTINGS, '-c', '-s1', `${origin}/data.bin`], home);
  expect(checksum(join(home, 'data.bin'))).toBe(sha256(content));
  const rest = `bytes=${3 * MEBIBYTE}-${content.length - 1}`;
  expect(exchanges().map(({ range, status }) => [range, status])).toEqual([
    [undefined, 200],
    [rest, 206],
  ]);
});

test('aria2c --conditional-get downloads a file only if it has changed', async () => {
  const { origin, exchanges } = await serveRecorded(shared.listener);
  const conditional = ['--conditional-get=true', '--allow-overwrite=true', '--remote-time=true', '-s1'];
  const download = () => run('aria2c', [...SETTINGS, ...conditional, `${origin}/data.bin`], home);
  await download();
  await download();
  expect(checksum(join(home, 'data.bin'))).toBe(sha256(content));
  put(join(folder, 'data.bin'), 'changed', new Date('2024-03-01T12:00:00Z'));
  await download();
  expect(readFileSync(join(home, 'data.bin'), 'utf8')).toBe('changed');
  expect(exchanges().map(({ status }) => status)).toEqual([200, 304, 200]);
});
