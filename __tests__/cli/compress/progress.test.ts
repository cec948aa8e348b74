import { PassThrough } from 'node:stream';
import { main } from '../../../src/cli';
import { folderWith } from '../../support/files';

const text = 'The same words over and over.\n'.repeat(100);

/** What is written to stderr, a terminal or not, while two files are compressed. */
async function stderrOf(isTTY: boolean, ...more: string[]): Promise<unknown> {
  const stderr = Object.assign(new PassThrough({ encoding: 'utf8' }), { isTTY });
  const surroundings = {
    stdout: new PassThrough(),
    stderr,
    stop: new AbortController().signal,
    isWorker: false,
  };
  await main(['compress', folderWith({ 'a.txt': text, 'b.txt': text }), ...more], surroundings);
  return stderr.read();
}

test('a terminal shows how many files are done, in one line that is taken away', async () => {
  const lines = ['compressing: 1 of 2 files', 'compressing: 2 of 2 files', ''];
  expect(await stderrOf(true)).toBe(lines.map((line) => `\r\x1b[K${line}`).join(''));
});

test('there is no progress with --quiet, nor where stderr is no terminal', async () => {
  expect(await stderrOf(true, '--quiet')).toBeNull();
  expect(await stderrOf(false)).toBeNull();
});
