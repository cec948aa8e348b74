import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { SharedDataMiddleware } from '../../../src/index';
import { folderWith, put } from '../../support/files';
import { parseAnswer, type RawAnswer } from '../../support/server';
import { checksum, numbered, sha256 } from './support/content';
import { run, start } from './support/programs';
import { serveRecorded } from './support/recorded';

const SIZE = 1_000_003;
const content = numbered(SIZE);
const mtime = new Date('2024-02-29T12:00:00Z');
const later = new Date('2024-03-01T12:00:00Z');

let folder: string;
let home: string;

beforeEach(() => {
  folder = folderWith({ 'data.bin': content }, mtime);
  home = folderWith();
});

// With `memoryLimit: 0`, files are streamed from disk.
describe.each([['memory', 2 ** 26] as const, ['disk', 0] as const])('from %s', (_source, memoryLimit) => {
  async function requestRange(range: string): Promise<RawAnswer> {
    const { origin } = await serveRecorded(
      new SharedDataMiddleware(null, { '/': folder }, { memoryLimit }).listener,
    );
    return parseAnswer(await run('curl', ['-sS', '-i', '-r', range, `${origin}/data.bin`], home));
  }

  test.each([
    ['0-9', 0, 10],
    ['1000-70000', 1000, 70_001],
    ['999999-', 999_999, SIZE],
    ['-5', SIZE - 5, SIZE],
  ])('curl -r %s gets that range', async (range, start, end) => {
    const { status, headers, body } = await requestRange(range);
    expect([status, headers['content-range']]).toEqual([206, `bytes ${start}-${end - 1}/${SIZE}`]);
    expect(body.equals(content.subarray(start, end))).toBe(true);
  });

  test('curl -r 0-1,5-6 gets both ranges as a multipart body', async () => {
    const response = await requestRange('0-1,5-6');
    expect(response.status).toBe(206);
    expect(partsOf(response)).toEqual([
      {
        headers: { 'content-type': 'application/octet-stream', 'content-range': `bytes 0-1/${SIZE}` },
        body: content.subarray(0, 2),
      },
      {
        headers: { 'content-type': 'application/octet-stream', 'content-range': `bytes 5-6/${SIZE}` },
        body: content.subarray(5, 7),
      },
    ]);
  });
});

/** The parts of a multipart body (RFC 2046 §5.1.1). */
function partsOf({ headers, body }: RawAnswer): Pick<RawAnswer, 'headers' | 'body'>[] {
  const boundary = /^multipart\/byteranges; boundary=(\w+)$/.exec(headers['content-type'] ?? '')?.[1] ?? '?';
  const [preamble, ...parts] = `\r\n${body.toString('latin1')}`.split(`\r\n--${boundary}`);
  expect([preamble, parts.pop()]).toEqual(['', '--\r\n']);
  return parts.map((part) => {
    const { headers, body } = parseAnswer(Buffer.from(part, 'latin1'));
    return { headers, body };
  });
}

describe('curl -C -', () => {
  test('resumes an interrupted download', async () => {
    const { origin, exchanges } = await serveFolder();
    put(join(home, 'data.bin'), content.subarray(0, 300_000));
    await run('curl', ['-sS', '-C', '-', '-O', `${origin}/data.bin`], home);
    expect(checksum(join(home, 'data.bin'))).toBe(sha256(content));
    expect(exchanges()).toEqual([{ target: '/data.bin', range: 'bytes=300000-', status: 206 }]);
  });

  test('leaves a complete download unchanged', async () => {
    const { origin, exchanges } = await serveFolder();
    put(join(home, 'data.bin'), content);
    await run('curl', ['-sS', '-C', '-', '-O', `${origin}/data.bin`], home);
    expect(checksum(join(home, 'data.bin'))).toBe(sha256(content));
    expect(exchanges()).toEqual([{ target: '/data.bin', range: `bytes=${SIZE}-`, status: 416 }]);
  });

  test('resumes with If-Range if the file is unchanged', async () => {
    const { origin, exchanges } = await serveFolder();
    await resume(origin);
    expect(checksum(join(home, 'data.bin'))).toBe(sha256(content));
    expect(exchanges().map(({ status }) => status)).toEqual([206, 206]);
  });

  test('never joins two versions with If-Range', async () => {
    const { origin, exchanges } = await serveFolder();
    const change = () => {
      put(join(folder, 'data.bin'), content.toReversed(), later);
    };
    const { code } = await resume(origin, change);
    const CURLE_RANGE_ERROR = 33;
    expect(code).toBe(CURLE_RANGE_ERROR);
    expect(checksum(join(home, 'data.bin'))).toBe(sha256(content.subarray(0, 300_000)));
    expect(exchanges().map(({ status }) => status)).toEqual([206, 200]);
  });

  /** Downloads the beginning of the file, and then the rest with If-Range. */
  async function resume(origin: string, meanwhile: () => void = () => undefined) {
    const url = `${origin}/data.bin`;
    await run('curl', ['-sS', '-r', '0-299999', '--etag-save', 'tag', '-O', url], home);
    meanwhile();
    const tag = readFileSync(join(home, 'tag'), 'utf8').trim();
    return start('curl', ['-sS', '-C', '-', '-H', `If-Range: ${tag}`, '-O', url], home).ended;
  }
});

describe.each([
  ['curl -z, with a date,', ['-R', '-z', 'data.bin']],
  ['curl --etag-compare', ['--etag-save', 'tag', '--etag-compare', 'tag']],
])('%s', (_command, condition) => {
  test('downloads a file only if it has changed', async () => {
    const { origin } = await serveFolder();
    const args = ['-sS', '-w', '%{http_code} %{size_download}', ...condition, '-O', `${origin}/data.bin`];
    const download = async () => (await run('curl', args, home)).toString();
    expect(await download()).toBe(`200 ${SIZE}`);
    expect(await download()).toBe('304 0');
    expect(checksum(join(home, 'data.bin'))).toBe(sha256(content));

    put(join(folder, 'data.bin'), 'changed', later);
    expect(await download()).toBe('200 7');
    expect(readFileSync(join(home, 'data.bin'), 'utf8')).toBe('changed');
  });
});

function serveFolder(): ReturnType<typeof serveRecorded> {
  return serveRecorded(new SharedDataMiddleware(null, { '/': folder }).listener);
}
