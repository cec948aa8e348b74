// The server of the soak: the package as it was built, loaders that fail in every way, and a disk that fails at times.
import fs from 'node:fs';
import { createServer } from 'node:http';
import { createRequire } from 'node:module';
import { Readable } from 'node:stream';

const injected = { read: 0, open: 0, loader: 0 };
failAtTimes();

const { SharedDataMiddleware } = createRequire(import.meta.url)('../dist/index.js');
const [folder] = process.argv.slice(2);

const shared = new SharedDataMiddleware(
  app,
  { '/s': folder, '/flaky': flaky },
  { memoryLimit: 4 * 1024 * 1024, symlinks: 'inside', disallow: 'private/', precompressed: true },
);
const server = createServer(shared.listener);
server.listen(0, '127.0.0.1', () => process.send({ port: server.address().port }));
process.on('message', () => {
  globalThis.gc();
  process.send({
    descriptors: fs.readdirSync('/proc/self/fd').length,
    memory: process.memoryUsage(),
    injected,
  });
});

function app(req, res) {
  req.resume();
  res.writeHead(404, { 'Content-Length': 4 }).end('APP\n');
}

/** `/flaky/<how>`: a loader that does not do what it should. */
function flaky(how) {
  injected.loader += 1;
  const file = { mtime: new Date(0), size: 100_000, read: () => Buffer.alloc(100_000) };
  const ways = {
    throws: () => {
      throw new Error('thrown');
    },
    rejects: () => Promise.reject(new Error('rejected')),
    never: () => new Promise(() => {}),
    nonsense: () => ['a.txt', 'not a function'],
    late: () => new Promise((resolve) => setTimeout(resolve, 20, ['a.txt', () => file])),
    short: () => ['a.txt', () => ({ ...file, read: () => Readable.from([Buffer.alloc(10)]) })],
    breaks: () => ['a.txt', () => ({ ...file, read: breaking })],
  };
  return ways[how]?.() ?? null;
}

function breaking() {
  return new Readable({
    read() {
      this.push(Buffer.alloc(1000));
      setImmediate(() => this.destroy(new Error('broken')));
    },
  });
}

/** Every so often a read fails, or there is no descriptor left to open a file with. */
function failAtTimes() {
  const { read, openSync } = fs;
  const failing = (...args) => {
    if (Math.random() < 0.998) return read(...args);
    injected.read += 1;
    return setImmediate(args.at(-1), Object.assign(new Error('EIO: i/o error, read'), { code: 'EIO' }));
  };
  // Also what tells `promisify` how to make one of it.
  fs.read = Object.defineProperties(failing, Object.getOwnPropertyDescriptors(read));
  fs.openSync = (...args) => {
    if (Math.random() < 0.995) return openSync(...args);
    injected.open += 1;
    throw Object.assign(new Error('EMFILE: too many open files'), { code: 'EMFILE' });
  };
}
