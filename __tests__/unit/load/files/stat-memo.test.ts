import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { StatMemo } from '../../../../src/load/files/stat-memo';
import { folderWith } from '../../../support/files';

test('within one turn of the event loop, a deleted file is still reported', () => {
  const path = join(folderWith({ 'a.txt': 'a' }), 'a.txt');
  const memo = new StatMemo();
  const version = memo.stat(path);
  expect(version?.size).toBe(1n);
  rmSync(path);
  expect(memo.stat(path)).toBe(version);
});

test('in the next turn, the file is looked up again', async () => {
  const path = join(folderWith({ 'a.txt': 'a' }), 'a.txt');
  const memo = new StatMemo();
  expect(memo.stat(path)).not.toBeNull();
  rmSync(path);
  await nextTurn();
  expect(memo.stat(path)).toBeNull();
});

test('a missing file and a directory are null', () => {
  const folder = folderWith({ 'a.txt': 'a' });
  const memo = new StatMemo();
  expect(memo.stat(join(folder, 'missing'))).toBeNull();
  expect(memo.stat(folder)).toBeNull();
});
