import { PassThrough } from 'node:stream';
import { main } from '../../../../src/cli/main';
import { folderWith } from '../../../support/files';

const text = 'The same words over and over.\n'.repeat(100);

/** The output on stderr while two files are compressed, with or without a terminal. */
async function stderrOf(isTTY: boolean, ...more: string[]): Promise<unknown> {
  const stderr = Object.assign(new PassThrough({ encoding: 'utf8' }), { isTTY });
  const context = {
    stdout: new PassThrough(),
    stderr,
    stop: new AbortController().signal,
    isWorker: false,
  };
  await main(['compress', folderWith({ 'a.txt': text, 'b.txt': text }), ...more], context);
  return stderr.read();
}

test('a terminal shows the number of finished files in one line, which is cleared at the end', async () => {
  const lines = ['compressing: 1 of 2 files', 'compressing: 2 of 2 files', ''];
  expect(await stderrOf(true)).toBe(lines.map((line) => `\r\x1b[K${line}`).join(''));
});

test('progress is not shown with --quiet or without a terminal', async () => {
  expect(await stderrOf(true, '--quiet')).toBeNull();
  expect(await stderrOf(false)).toBeNull();
});
