import { execFileSync } from 'node:child_process';
import { statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import zlib, { brotliCompressSync, gzipSync } from 'node:zlib';
import type { ContentCoding } from '../../../src/index';
import { folderWith, put } from '../../support/files';
import { browse } from './support/chromium';
import { run } from './support/programs';

const mtime = new Date('2024-02-29T12:00:00Z');
const script = 'console.log("the same words over and over");\n'.repeat(1000);

test('Chromium seeks in a video with byte ranges and shows the correct frames', async () => {
  const seconds = 160;
  const video = join(folderWith(), 'bars.mp4');
  execFileSync(process.execPath, [join(__dirname, 'support/make-video.mjs'), video, String(seconds)]);
  const { report, exchanges } = await browse('seek.html', dirname(video));
  expect(report).toEqual([140, 70]);

  const videoExchanges = exchanges.filter(({ target }) => target === '/files/bars.mp4');
  expect(new Set(videoExchanges.map(({ status }) => status))).toEqual(new Set([206]));
  const requestedSeconds = videoExchanges.map(({ range }) => {
    const start = Number(/^bytes=(\d+)-/.exec(range ?? '')?.[1]);
    return (start / statSync(video).size) * seconds;
  });
  for (const shown of [140, 70]) {
    expect(requestedSeconds.filter((second) => shown - 2 < second && second <= shown)).not.toEqual([]);
  }
});

test('Chromium revalidates a file with a conditional request, and reuses it after a 304', async () => {
  const { report, exchanges } = await browse('revalidate.html', folderWith({ 'app.js': script }, mtime));
  expect(report).toEqual(Array(3).fill([200, script]));
  const fileExchanges = exchanges.filter(({ target }) => target === '/files/app.js');
  expect(fileExchanges.map(({ status }) => status)).toEqual([200, 304]);
});

test.each<[ContentCoding]>([['br'], ['gzip'], ['zstd']])('Chromium decodes %s', async (coding) => {
  const folder = folderWith({ 'app.js': script }, mtime);
  await run('zstd', ['--quiet', 'app.js'], folder);
  put(join(folder, 'app.js.br'), brotliCompressSync(script));
  put(join(folder, 'app.js.gz'), gzipSync(script));
  const { report } = await browse('decode.html', folder, { precompressed: [coding] });
  expect(report).toEqual([coding, script]);
});

const codings: ContentCoding[] = 'createZstdCompress' in zlib ? ['br', 'zstd', 'gzip'] : ['br', 'gzip'];

test.each(codings)('Chromium decodes %s that was made while the file is served', async (coding) => {
  jest.spyOn(Date, 'now').mockReturnValue(Date.now() + 10_000);
  const folder = folderWith({ 'app.js': script }, mtime);
  const { report, exchanges } = await browse('reload.html', folder, { compress: { encodings: [coding] } });
  expect(report).toEqual([coding, script]);
  expect(exchanges.filter(({ target }) => target === '/files/app.js').length).toBeGreaterThan(1);
  jest.restoreAllMocks();
});
