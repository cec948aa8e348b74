import { execFileSync } from 'node:child_process';
import { appendFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { DiskFile } from '../../../../src/load/files/disk-file';
import { FileStore, type FileStoreOptions } from '../../../../src/load/files/file-store';
import { MemoryFile } from '../../../../src/load/files/memory-file';
import type { OpenedFile } from '../../../../src/types';
import { folderWith } from '../../../support/files';

const LIMIT = 16_000;
const LARGE_LIMIT = 16_000_000;

function optionsWith(memoryLimit: number): FileStoreOptions {
  return {
    memoryLimit,
    symlinks: 'follow',
    dotfiles: 'ignore',
    etags: 'stat',
    digest: false,
    names: 'exact',
    immutable: undefined,
    io: 'sync',
    timeout: 10_000,
  };
}

async function textOf(file: OpenedFile): Promise<string> {
  const bytes = await file.read(0, file.size - 1);
  const chunks = bytes instanceof Uint8Array ? [bytes] : ((await bytes.toArray()) as Uint8Array[]);
  return Buffer.concat(chunks).toString();
}

/** Moves the clock past the racy window of all files that exist. */
function ageFiles(): void {
  const now = Date.now() + 10_000;
  jest.spyOn(Date, 'now').mockReturnValue(now);
}

afterEach(() => jest.restoreAllMocks());

describe('a small file', () => {
  test('outside the racy window is cached until it changes', async () => {
    const path = join(folderWith({ 'a.txt': 'one' }), 'a.txt');
    const store = new FileStore(optionsWith(LIMIT));
    ageFiles();
    const first = await store.open(path, '/');
    expect(store.open(path, '/')).toBe(first);
    await nextTurn();
    expect(store.open(path, '/')).toBe(first);
    writeFileSync(path, 'two');
    await nextTurn();
    expect(await textOf(await store.open(path, '/'))).toBe('two');
  });

  test('inside the racy window is read for each request', async () => {
    const path = join(folderWith({ 'a.txt': 'one' }), 'a.txt');
    const store = new FileStore(optionsWith(LIMIT));
    const first = await store.open(path, '/');
    expect(first).toBeInstanceOf(MemoryFile);
    expect(await store.open(path, '/')).not.toBe(first);
  });

  test('that is replaced by a rename is detected by its inode', async () => {
    const folder = folderWith({ 'a.txt': 'one', 'b.txt': 'two' }, new Date(1e12));
    const path = join(folder, 'a.txt');
    const store = new FileStore(optionsWith(LIMIT));
    ageFiles();
    await store.open(path, '/');
    renameSync(join(folder, 'b.txt'), path);
    await nextTurn();
    expect(await textOf(await store.open(path, '/'))).toBe('two');
  });

  test('that changes during every read is returned as it was read', async () => {
    const path = join(folderWith({ 'a.log': 'line\n'.repeat(20_000) }), 'a.log');
    const opened = Promise.resolve(new FileStore(optionsWith(LARGE_LIMIT)).open(path, '/'));
    let writing: NodeJS.Immediate;
    const write = (): void => {
      appendFileSync(path, '.');
      writing = setImmediate(write);
    };
    write();
    const file = await opened.finally(() => {
      clearImmediate(writing);
    });
    expect(await textOf(file)).toHaveLength(file.size);
  });

  test('is evicted when other files need the memory', () => {
    const names = Array.from({ length: 20 }, (_, at) => `${at}.txt`);
    const folder = folderWith(Object.fromEntries(names.map((name) => [name, 'x'.repeat(900)])));
    const store = new FileStore(optionsWith(LIMIT));
    ageFiles();
    const open = (name: string): unknown => store.open(join(folder, name), folder);
    const opened = names.map(open);
    const admitted = names.slice(10).map((name) => [open(name), open(name)]);
    expect(open('19.txt')).toBe(admitted.at(-1)?.at(-1));
    expect(open('1.txt')).not.toBe(opened[1]);
  });

  test('is not evicted by files that are requested only once (scan resistance)', async () => {
    const names = Array.from({ length: 40 }, (_, at) => `${at}.bin`);
    const folder = folderWith(Object.fromEntries(names.map((name) => [name, Buffer.alloc(900_000)])));
    const store = new FileStore(optionsWith(LARGE_LIMIT));
    ageFiles();
    const opened: OpenedFile[] = [];
    for (const name of names) opened.push(await store.open(join(folder, name), folder));
    expect(store.open(join(folder, '0.bin'), '/')).toBe(opened[0]);
    expect(await store.open(join(folder, '39.bin'), '/')).not.toBe(opened[39]);
    expect(store.open(join(folder, '39.bin'), '/')).not.toBe(opened[39]);
    expect(store.open(join(folder, '39.bin'), '/')).toBeInstanceOf(MemoryFile);
  });

  test('returns any part of its content', () => {
    const store = new FileStore(optionsWith(LIMIT));
    return Promise.resolve(store.open(join(folderWith({ a: 'abcdef' }), 'a'), '/')).then((file) => {
      expect(Buffer.from(file.read(1, 3) as Uint8Array).toString()).toBe('bcd');
      expect(Buffer.from(file.read(0, 5) as Uint8Array).toString()).toBe('abcdef');
    });
  });
});

describe('a large file', () => {
  test('is read from its descriptor, even if its name refers to another file', async () => {
    const folder = folderWith({ 'a.bin': 'a'.repeat(5000), 'b.bin': 'b'.repeat(5000) });
    const file = await new FileStore(optionsWith(LIMIT)).open(join(folder, 'a.bin'), '/');
    expect(file).toBeInstanceOf(DiskFile);
    renameSync(join(folder, 'b.bin'), join(folder, 'a.bin'));
    expect(await textOf(file)).toBe('a'.repeat(5000));
    await file.close?.();
  });

  test('has a unique weak ETag inside the racy window and a stable strong ETag after it', async () => {
    const path = join(folderWith({ 'a.bin': 'a'.repeat(5000) }), 'a.bin');
    const store = new FileStore(optionsWith(LIMIT));
    const openETag = async (): Promise<OpenedFile['etag']> => {
      const file = await store.open(path, '/');
      await file.close?.();
      return file.etag;
    };
    const [first, second] = [await openETag(), await openETag()];
    expect(first).toMatch(/^W\//);
    expect(second).not.toBe(first);
    ageFiles();
    const stable = await openETag();
    expect(stable).toMatch(/^"/);
    expect(await openETag()).toBe(stable);
  });
});

describe('a path that is not a regular file', () => {
  test.each(['missing', 'folder', 'fifo', 'folder/x/y'])('is not opened: %s', (name) => {
    const root = folderWith({ 'folder/x': 'x' });
    execFileSync('mkfifo', [join(root, 'fifo')]);
    const store = new FileStore(optionsWith(LIMIT));
    expect(store.isFile(join(root, name), root)).toBe(false);
    expect(() => store.open(join(root, name), root)).toThrow('no such file');
  });

  test('is not opened if it replaces a file between stat and open', () => {
    const root = folderWith({ a: 'a' });
    execFileSync('mkfifo', [join(root, 'fifo')]);
    const store = new FileStore(optionsWith(LIMIT));
    expect(store.isFile(join(root, 'a'), '/')).toBe(true);
    renameSync(join(root, 'fifo'), join(root, 'a'));
    expect(() => store.open(join(root, 'a'), '/')).toThrow('no such file');
  });
});
