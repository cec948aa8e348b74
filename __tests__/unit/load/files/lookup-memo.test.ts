import { setImmediate as nextTurn } from 'node:timers/promises';
import type { FileVersion } from '../../../../src/load/files/file-version';
import { LookupMemo } from '../../../../src/load/files/lookup-memo';

const version: FileVersion = { dev: 1n, ino: 2n, size: 1n, mtimeNs: 3n, ctimeNs: 3n };

const connection = {};

/** A memo of files by name, which may be changed, and the number of look-ups. */
function createMemo(files: Map<string, FileVersion>): { memo: LookupMemo; lookUps: () => number } {
  let count = 0;
  const memo = new LookupMemo((filename) => {
    count += 1;
    return files.get(filename) ?? null;
  });
  return { memo, lookUps: () => count };
}

test('requests on different connections in one turn of the event loop share a result', () => {
  const files = new Map([['/a', version]]);
  const { memo } = createMemo(files);
  memo.begin(connection);
  expect(memo.get('/a', '/')).toBe(version);
  files.clear();
  memo.begin({});
  expect(memo.get('/a', '/')).toBe(version);
});

test('in the next turn, the file is looked up again', async () => {
  const files = new Map([['/a', version]]);
  const { memo } = createMemo(files);
  memo.begin(connection);
  memo.get('/a', '/');
  files.clear();
  await nextTurn();
  expect(memo.get('/a', '/')).toBeNull();
});

test.each([
  ['the second request on a connection', connection],
  ['a request on an unknown connection', undefined],
])('%s shares no earlier result', (_which, next) => {
  const { memo, lookUps } = createMemo(new Map([['/a', version]]));
  memo.begin(connection);
  memo.get('/a', '/');
  memo.begin(next);
  memo.get('/a', '/');
  expect(lookUps()).toBe(2);
  memo.begin(next);
  memo.get('/a', '/');
  expect(lookUps()).toBe(3);
});

test('a connection is new again in the next turn', async () => {
  const { memo, lookUps } = createMemo(new Map([['/a', version]]));
  memo.begin(connection);
  await nextTurn();
  memo.begin({});
  memo.get('/a', '/');
  memo.begin(connection);
  memo.get('/a', '/');
  expect(lookUps()).toBe(1);
});

test('no earlier result is shared after forget', () => {
  const { memo, lookUps } = createMemo(new Map([['/a', version]]));
  memo.get('/a', '/');
  memo.forget();
  memo.get('/a', '/');
  expect(lookUps()).toBe(2);
});

test('a result below one root is not shared below another', () => {
  const { memo, lookUps } = createMemo(new Map([['/a/b', version]]));
  memo.get('/a/b', '/');
  memo.get('/a/b', '/a');
  expect(lookUps()).toBe(2);
});

test('a missing file is null, and is looked up again', () => {
  const files = new Map<string, FileVersion>();
  const { memo } = createMemo(files);
  expect(memo.get('/a', '/')).toBeNull();
  files.set('/a', version);
  expect(memo.get('/a', '/')).toBe(version);
});

describe('the result of a look-up that has waited for the disk', () => {
  function createSlowMemo(): { memo: LookupMemo; lookUps: () => number } {
    let count = 0;
    const memo = new LookupMemo(async () => {
      count += 1;
      await nextTurn();
      return version;
    });
    return { memo, lookUps: () => count };
  }

  test('is there for the request that has waited', async () => {
    const { memo, lookUps } = createSlowMemo();
    memo.begin(connection);
    expect(await memo.get('/a', '/')).toBe(version);
    expect(memo.get('/a', '/')).toBe(version);
    expect(lookUps()).toBe(1);
  });

  test('is not there for a request that starts afterwards, even on another connection', async () => {
    const { memo, lookUps } = createSlowMemo();
    memo.begin(connection);
    await memo.get('/a', '/');
    memo.begin({});
    await memo.get('/a', '/');
    expect(lookUps()).toBe(2);
  });

  test('is not there for a request that has waited for another file', async () => {
    const changed = { ...version, ctimeNs: 4n };
    const files = new Map([['/a', version]]);
    const memo = new LookupMemo(async (filename) => {
      const found = files.get(filename) ?? null;
      await nextTurn();
      return found;
    });
    memo.begin(connection);
    const earlier = memo.get('/a', '/');
    files.set('/a', changed);
    memo.begin({});
    const later = Promise.resolve(memo.get('/missing', '/')).then(() => memo.get('/a', '/'));
    expect(await earlier).toBe(version);
    expect(await later).toBe(changed);
  });
});
