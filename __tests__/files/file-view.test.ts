import { execFileSync } from 'node:child_process';
import { appendFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { DiskFile } from '../../src/files/disk-file';
import { FileView } from '../../src/files/file-view';
import { MemoryFile } from '../../src/files/memory-file';
import type { OpenedFile } from '../../src/files/opened-file';
import { folderWith } from '../support/files';

const LIMIT = 16_000;
const LARGE_LIMIT = 16_000_000;

async function textOf(file: OpenedFile): Promise<string> {
  const bytes = file.read(0, file.size - 1);
  const chunks = bytes instanceof Uint8Array ? [bytes] : ((await bytes.toArray()) as Uint8Array[]);
  return Buffer.concat(chunks).toString();
}

/** As if the files of this test had been left alone for a while. */
function letRest(): void {
  const now = Date.now() + 10_000;
  jest.spyOn(Date, 'now').mockReturnValue(now);
}

afterEach(() => jest.restoreAllMocks());

describe('a small file', () => {
  test('that has rested is kept, and is at hand as long as it stays the same', async () => {
    const path = join(folderWith({ 'a.txt': 'one' }), 'a.txt');
    const view = new FileView(LIMIT);
    letRest();
    const first = await view.open(path, '/');
    expect(view.open(path, '/')).toBe(first);
    await nextTurn();
    expect(view.open(path, '/')).toBe(first);
    writeFileSync(path, 'two');
    await nextTurn();
    expect(await textOf(await view.open(path, '/'))).toBe('two');
  });

  test('that has just changed is read again each time', async () => {
    const path = join(folderWith({ 'a.txt': 'one' }), 'a.txt');
    const view = new FileView(LIMIT);
    const first = await view.open(path, '/');
    expect(first).toBeInstanceOf(MemoryFile);
    expect(await view.open(path, '/')).not.toBe(first);
  });

  test('that is replaced under its name is told by its inode', async () => {
    const folder = folderWith({ 'a.txt': 'one', 'b.txt': 'two' }, new Date(1e12));
    const path = join(folder, 'a.txt');
    const view = new FileView(LIMIT);
    letRest();
    await view.open(path, '/');
    renameSync(join(folder, 'b.txt'), path);
    await nextTurn();
    expect(await textOf(await view.open(path, '/'))).toBe('two');
  });

  test('that never stops changing is taken as it was read', async () => {
    const path = join(folderWith({ 'a.log': 'line\n'.repeat(20_000) }), 'a.log');
    const opened = Promise.resolve(new FileView(LARGE_LIMIT).open(path, '/'));
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

  test('is no longer kept when others need the memory', () => {
    const names = Array.from({ length: 20 }, (_, at) => `${at}.txt`);
    const folder = folderWith(Object.fromEntries(names.map((name) => [name, 'x'.repeat(900)])));
    const view = new FileView(LIMIT);
    letRest();
    const ask = (name: string): unknown => view.open(join(folder, name), folder);
    const opened = names.map(ask);
    const wanted = names.slice(10).map((name) => [ask(name), ask(name)]);
    expect(ask('19.txt')).toBe(wanted.at(-1)?.at(-1));
    expect(ask('1.txt')).not.toBe(opened[1]);
  });

  test('is not driven out by files that are asked for once each', async () => {
    const names = Array.from({ length: 40 }, (_, at) => `${at}.bin`);
    const folder = folderWith(Object.fromEntries(names.map((name) => [name, Buffer.alloc(900_000)])));
    const view = new FileView(LARGE_LIMIT);
    letRest();
    const opened: OpenedFile[] = [];
    for (const name of names) opened.push(await view.open(join(folder, name), folder));
    expect(view.open(join(folder, '0.bin'), '/')).toBe(opened[0]);
    expect(await view.open(join(folder, '39.bin'), '/')).not.toBe(opened[39]);
    expect(view.open(join(folder, '39.bin'), '/')).not.toBe(opened[39]);
    expect(view.open(join(folder, '39.bin'), '/')).toBeInstanceOf(MemoryFile);
  });

  test('gives any part of its content', () => {
    const view = new FileView(LIMIT);
    return Promise.resolve(view.open(join(folderWith({ a: 'abcdef' }), 'a'), '/')).then((file) => {
      expect(Buffer.from(file.read(1, 3) as Uint8Array).toString()).toBe('bcd');
      expect(Buffer.from(file.read(0, 5) as Uint8Array).toString()).toBe('abcdef');
    });
  });
});

describe('a large file', () => {
  test('is read from its descriptor, whatever becomes of its name', async () => {
    const folder = folderWith({ 'a.bin': 'a'.repeat(5000), 'b.bin': 'b'.repeat(5000) });
    const file = await new FileView(LIMIT).open(join(folder, 'a.bin'), '/');
    expect(file).toBeInstanceOf(DiskFile);
    renameSync(join(folder, 'b.bin'), join(folder, 'a.bin'));
    expect(await textOf(file)).toBe('a'.repeat(5000));
    await file.close?.();
  });

  test('has a tag of its own while it is young, and one for good when it has rested', async () => {
    const path = join(folderWith({ 'a.bin': 'a'.repeat(5000) }), 'a.bin');
    const view = new FileView(LIMIT);
    const tag = async (): Promise<OpenedFile['etag']> => {
      const file = await view.open(path, '/');
      await file.close?.();
      return file.etag;
    };
    const [young, again] = [await tag(), await tag()];
    expect(young).toMatch(/^W\//);
    expect(again).not.toBe(young);
    letRest();
    const rested = await tag();
    expect(rested).toMatch(/^"/);
    expect(await tag()).toBe(rested);
  });
});

describe('what is no regular file', () => {
  test.each(['missing', 'folder', 'fifo', 'folder/x/y'])('%s is not opened', (name) => {
    const root = folderWith({ 'folder/x': 'x' });
    execFileSync('mkfifo', [join(root, 'fifo')]);
    const view = new FileView(LIMIT);
    expect(view.isFile(join(root, name), root)).toBe(false);
    expect(() => view.open(join(root, name), root)).toThrow('no such file');
  });

  test('is not opened either when it takes the place of a file at the last moment', () => {
    const root = folderWith({ a: 'a' });
    execFileSync('mkfifo', [join(root, 'fifo')]);
    const view = new FileView(LIMIT);
    expect(view.isFile(join(root, 'a'), '/')).toBe(true);
    renameSync(join(root, 'fifo'), join(root, 'a'));
    expect(() => view.open(join(root, 'a'), '/')).toThrow('no such file');
  });
});
