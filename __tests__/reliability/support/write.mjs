// Changes a file repeatedly. Each version consists of one repeated word.
import { closeSync, openSync, renameSync, rmSync, truncateSync, writeFileSync, writeSync } from 'node:fs';

const [mode, filename, sizeArgument] = process.argv.slice(2);
const size = Number(sizeArgument);
const next = `${filename}.next`;

const modes = {
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
writeNext();

function writeNext() {
  if (stopped) {
    process.send(wordOf(version));
    process.disconnect();
    return;
  }
  version += 1;
  modes[mode](Buffer.alloc(size, wordOf(version)), version);
  setTimeout(writeNext, 1);
}
