import { existsSync, mkdirSync, mkdtempSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

/** The number of small files in the folder `mix`, from which the Zipf scenario requests. */
export const MIX_FILES = 10_000;

const KIB = 1024;

/** An old modification time, in seconds: a recently modified file is racy and is not cached. */
const OLD_MTIME = 1_700_000_000;

/** Creates the files that the servers serve. Each kind of scenario has its own folder. */
export function makeFixtures() {
  const root = mkdtempSync(join(tmpdir(), 'shared-data-bench-'));
  process.on('exit', () => rmSync(root, { recursive: true, force: true }));
  const sizes = {
    '1k.txt': KIB,
    '10k.txt': 10 * KIB,
    '100k.txt': 100 * KIB,
    '1m.txt': KIB * KIB,
    '100m.bin': 100 * KIB * KIB,
  };
  for (const [name, size] of Object.entries(sizes)) makeFile(join(root, 'sizes', name), size);
  for (let index = 0; index < MIX_FILES; index++)
    makeFile(join(root, 'mix', `${index}.txt`), 500 + ((index * 7919) % 4000));
  return { root, folder: (name) => join(root, name) };
}

/** Creates `count` files in folders eight levels deep, and the file that the benchmark requests. */
export function makeDeepTree(root, count) {
  for (let index = 0; index < count; index++) {
    const [a, b, c] = [index % 10, Math.floor(index / 10) % 10, Math.floor(index / 100) % 10];
    makeFile(join(root, `a${a}/b${b}/c${c}/d/e/f/g/h`, `${index}.txt`), 10);
  }
  makeFile(join(root, 'a1/b2/c3/d/e/f/g/h/1k.txt'), KIB);
}

/** Creates `count` files, of 100 KB by default. */
export function makeManyFiles(root, count, size = 100_000) {
  for (let index = 0; index < count; index++) makeFile(join(root, `${index}.bin`), size);
}

const existingFolders = new Set();

function makeFile(path, size) {
  const folder = dirname(path);
  if (!existingFolders.has(folder) && !existsSync(folder)) mkdirSync(folder, { recursive: true });
  existingFolders.add(folder);
  writeFileSync(path, Buffer.alloc(size, 'shared data '));
  utimesSync(path, OLD_MTIME, OLD_MTIME);
}
