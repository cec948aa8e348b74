import { existsSync, mkdirSync, mkdtempSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

/** How many small files the mix has. */
export const MIX = 10_000;

const KIB = 1024;
const long_ago = 1_700_000_000;

/** The files that the servers serve: a folder for each kind of scenario. */
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
  for (const [name, size] of Object.entries(sizes)) put(join(root, 'sizes', name), size);
  for (let at = 0; at < MIX; at++) put(join(root, 'mix', `${at}.txt`), 500 + ((at * 7919) % 4000));
  return { root, folder: (name) => join(root, name) };
}

/** So many files in folders eight deep, and the one that is asked for. */
export function makeDeepTree(root, count) {
  for (let at = 0; at < count; at++) {
    const [a, b, c] = [at % 10, Math.floor(at / 10) % 10, Math.floor(at / 100) % 10];
    put(join(root, `a${a}/b${b}/c${c}/d/e/f/g/h`, `${at}.txt`), 10);
  }
  put(join(root, 'a1/b2/c3/d/e/f/g/h/1k.txt'), KIB);
}

/** As many files of 100 KB, each of which is asked for once. */
export function makeManyFiles(root, count) {
  for (let at = 0; at < count; at++) put(join(root, `${at}.bin`), 100_000);
}

const made = new Set();

/** Files that have been left alone for long: nobody benchmarks a deploy. */
function put(path, size) {
  const folder = dirname(path);
  if (!made.has(folder) && !existsSync(folder)) mkdirSync(folder, { recursive: true });
  made.add(folder);
  writeFileSync(path, Buffer.alloc(size, 'shared data '));
  utimesSync(path, long_ago, long_ago);
}
