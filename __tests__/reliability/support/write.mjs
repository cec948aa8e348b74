// Writes a file again and again: one version after the other, each of one word over and over.
import { closeSync, openSync, renameSync, rmSync, truncateSync, writeFileSync, writeSync } from 'node:fs';

const [way, filename, givenSize] = process.argv.slice(2);
const size = Number(givenSize);
const next = `${filename}.next`;

const ways = {
  'rename with other sizes': (content, version) => {
    writeFileSync(next, content.subarray(0, 8 + (((version * 7919) % size) & ~7)));
    renameSync(next, filename);
  },
  rename: (content) => {
    writeFileSync(next, content);
    renameSync(next, filename);
  },
  'in place': overwrite,
  truncate: (content, version) => {
    truncateSync(filename, ((version * 7919) % size) & ~7);
    overwrite(content);
  },
  delete: (content) => {
    rmSync(filename);
    writeFileSync(filename, content);
  },
};

function overwrite(content) {
  const descriptor = openSync(filename, 'r+');
  const middle = (content.length >> 1) & ~7;
  writeSync(descriptor, content, 0, middle, 0);
  writeSync(descriptor, content, middle, content.length - middle, middle);
  closeSync(descriptor);
}

function wordOf(version) {
  return `v${String(version).padStart(7, '0')}`;
}

let stopped = false;
let version = 0;

process.on('message', () => (stopped = true));

writeFileSync(filename, Buffer.alloc(size, wordOf(0)));
process.send('writing');
turn();

function turn() {
  if (stopped) {
    process.send(wordOf(version));
    process.disconnect();
    return;
  }
  version += 1;
  ways[way](Buffer.alloc(size, wordOf(version)), version);
  setTimeout(turn, 1);
}
