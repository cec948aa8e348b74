import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { StatMemo } from '../../../../src/load/files/stat-memo';
import { folderWith } from '../../../support/files';

function createFile(): string {
  return join(folderWith({ 'a.txt': 'a' }), 'a.txt');
}

const connection = {};

test('requests on different connections in one turn of the event loop share a result', () => {
  const path = createFile();
  const memo = new StatMemo();
  memo.begin(connection);
  const version = memo.stat(path);
  expect(version?.size).toBe(1n);
  rmSync(path);
  memo.begin({});
  expect(memo.stat(path)).toBe(version);
});

test('in the next turn, the file is looked up again', async () => {
  const path = createFile();
  const memo = new StatMemo();
  expect(memo.stat(path)).not.toBeNull();
  rmSync(path);
  await nextTurn();
  expect(memo.stat(path)).toBeNull();
});

test.each([
  ['the second request on a connection', connection],
  ['a request on an unknown connection', undefined],
])('%s shares no earlier result', (_which, next) => {
  const path = createFile();
  const memo = new StatMemo();
  memo.begin(connection);
  memo.stat(path);
  writeFileSync(path, 'longer');
  memo.begin(next);
  expect(memo.stat(path)?.size).toBe(6n);
  writeFileSync(path, 'longest');
  memo.begin(next);
  expect(memo.stat(path)?.size).toBe(7n);
});

test('a connection is new again in the next turn', async () => {
  const path = createFile();
  const memo = new StatMemo();
  memo.begin(connection);
  await nextTurn();
  memo.begin({});
  const version = memo.stat(path);
  memo.begin(connection);
  expect(memo.stat(path)).toBe(version);
});

test('no earlier result is shared after forget', () => {
  const path = createFile();
  const memo = new StatMemo();
  memo.stat(path);
  rmSync(path);
  memo.forget();
  expect(memo.stat(path)).toBeNull();
});

test('a missing file and a directory are null, and are looked up again', () => {
  const folder = folderWith({ 'a.txt': 'a' });
  const memo = new StatMemo();
  expect(memo.stat(join(folder, 'b.txt'))).toBeNull();
  expect(memo.stat(folder)).toBeNull();
  writeFileSync(join(folder, 'b.txt'), 'b');
  expect(memo.stat(join(folder, 'b.txt'))?.size).toBe(1n);
});
