import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, utimesSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { temporaryFolder } from './temporary.mjs';

/** The number of small files in the folder `mix`, from which the Zipf scenario requests. */
export const MIX_FILES = 10_000;

const KIB = 1024;

/** An old modification time, in seconds: a recently modified file is racy and is not cached. */
const OLD_MTIME = 1_700_000_000;

/** Creates the files that the servers serve. Each kind of scenario has its own folder. */
export function makeFixtures() {
  const root = temporaryFolder('files');
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
  const code = Buffer.from(javaScript(100 * KIB));
  writeOldFile(join(root, 'code/app.js'), code);
  writeOldFile(join(root, 'code/app.js.gz'), gzipSync(code, { level: 9 }));
  const realCode = readFileSync(join(import.meta.dirname, '../node_modules/typescript/lib/typescript.js'));
  for (const [name, size] of Object.entries({
    '1kb': KIB,
    '10kb': 10 * KIB,
    '100kb': 100 * KIB,
    '1mb': KIB * KIB,
  }))
    // The start of the file is mostly tables.
    writeOldFile(join(root, 'javascript', `${name}.js`), realCode.subarray(KIB * KIB, KIB * KIB + size));
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

/** Creates `count` files, of 100 KB by default, once. */
export function makeManyFiles(root, count, size = 100_000) {
  if (existsSync(root)) return;
  for (let index = 0; index < count; index++) makeFile(join(root, `${index}.bin`), size);
}

const existingFolders = new Set();

function makeFile(path, size) {
  writeOldFile(path, Buffer.alloc(size, 'shared data '));
}

function writeOldFile(path, content) {
  const folder = dirname(path);
  if (!existingFolders.has(folder) && !existsSync(folder)) mkdirSync(folder, { recursive: true });
  existingFolders.add(folder);
  writeFileSync(path, content);
  utimesSync(path, OLD_MTIME, OLD_MTIME);
}

/** Code that compresses about as well as that of an application. It is the same in each run. */
function javaScript(size) {
  let text = '';
  let state = 7;
  const name = () => {
    state = (state * 48_271) % 2_147_483_647;
    return `${['item', 'list', 'count', 'state', 'view'][state % 5]}${(state >> 8) % 997}`;
  };
  while (text.length < size)
    text += `function ${name()}(${name()}) { return ${name()}.map((${name()}) => ${name()} + 1); }\n`;
  return text.slice(0, size);
}

/** Makes a certificate for TLS. Returns its folder, or undefined without openssl. */
export function makeCertificate() {
  const folder = temporaryFolder('certificate');
  const key = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-keyout', 'key.pem'];
  const args = ['req', '-x509', ...key, '-out', 'cert.pem', '-days', '2', '-subj', '/CN=127.0.0.1'];
  return spawnSync('openssl', args, { cwd: folder }).status === 0 ? folder : undefined;
}
