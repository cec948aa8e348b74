import { readFileSync } from 'node:fs';
import type { RequestListener } from 'node:http';
import { join } from 'node:path';
import { SharedDataMiddleware } from '../../src';
import { folderWith, put } from '../support/files';
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

test('aria2c joins a file from eight segments that it downloads at the same time', async () => {
  // Its first request asks for no range: it learns the length from the answer.
  const { origin, exchanges } = await serveRecorded(together(SEGMENTS - 1, shared.listener));
  await run('aria2c', [...SETTINGS, '-x8', '-s8', '-k1M', `${origin}/data.bin`], home);
  expect(checksum(join(home, 'data.bin'))).toBe(sha256(content));
  const [first, ...others] = exchanges();
  expect(first).toMatchObject({ range: undefined, status: 200 });
  // A connection that has its segment takes over the rest of one that is still waiting.
  expect(new Set(others.map(({ range }) => range)).size).toBeGreaterThanOrEqual(SEGMENTS - 1);
  expect(new Set(others.map(({ status }) => status))).toEqual(new Set([206]));
});

/** Answers no request for a range until there are so many. */
function together(count: number, listener: RequestListener): RequestListener {
  const held: (() => void)[] = [];
  return (req, res) => {
    const answer = () => {
      listener(req, res);
    };
    if (req.headers.range !== undefined) held.push(answer);
    if (req.headers.range === undefined || held.length > count) answer();
    else if (held.length === count) for (const each of held) each();
  };
}

test('aria2c -c resumes a download where it was cut off', async () => {
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

test('aria2c --conditional-get downloads what is new and nothing else', async () => {
  const { origin, exchanges } = await serveRecorded(shared.listener);
  const newer = ['--conditional-get=true', '--allow-overwrite=true', '--remote-time=true', '-s1'];
  const download = () => run('aria2c', [...SETTINGS, ...newer, `${origin}/data.bin`], home);
  await download();
  await download();
  expect(checksum(join(home, 'data.bin'))).toBe(sha256(content));
  put(join(folder, 'data.bin'), 'changed', new Date('2024-03-01T12:00:00Z'));
  await download();
  expect(readFileSync(join(home, 'data.bin'), 'utf8')).toBe('changed');
  expect(exchanges().map(({ status }) => status)).toEqual([200, 304, 200]);
});
