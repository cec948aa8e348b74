// The server of the soak test: the built package behind each front end, a loader that fails in several ways,
// and a disk that fails at random. Its argument is the folder to serve. It needs --expose-gc.
import { serve as serveHono } from '@hono/node-server';
import fastify from 'fastify';
import { Hono } from 'hono';
import Koa from 'koa';
import { once } from 'node:events';
import fs from 'node:fs';
import { createServer } from 'node:http';
import { createRequire } from 'node:module';
import { Readable } from 'node:stream';

/** The number of faults so far, by kind. */
const faults = { read: 0, open: 0, loader: 0 };
injectDiskFaults(); // Before the package is loaded, so that it uses the replaced functions.

const require = createRequire(import.meta.url);
const { SharedDataMiddleware } = require('../dist/index.js');
const { koaMiddleware } = require('../dist/adapters/koa.js');
const { fastifyPlugin } = require('../dist/adapters/fastify.js');
const { fetchHandler } = require('../dist/adapters/fetch.js');
const [folder] = process.argv.slice(2);

const shared = new SharedDataMiddleware(
  app,
  { '/s': folder, '/flaky': flakyLoader },
  { memoryLimit: 4 * 1024 * 1024, symlinks: 'inside', disallow: 'private/', precompressed: true },
);
const servers = [
  createServer(shared.listener).listen(0, '127.0.0.1'),
  withKoa(),
  await withFastify(),
  withHono(),
];
await Promise.all(servers.map((server) => server.listening || once(server, 'listening')));
process.send({ ports: servers.map((server) => server.address().port) });
process.on('message', () => {
  globalThis.gc();
  const openFiles = listOpenFiles();
  process.send({
    descriptors: openFiles.length,
    openFiles,
    memory: process.memoryUsage(),
    faults,
  });
});

/** What the open descriptors of this process refer to. */
function listOpenFiles() {
  return fs.readdirSync('/proc/self/fd').map((descriptor) => {
    try {
      return fs.readlinkSync(`/proc/self/fd/${descriptor}`);
    } catch {
      return 'the folder /proc/self/fd itself, which is closed again';
    }
  });
}

function withKoa() {
  const koa = new Koa().use(koaMiddleware(shared));
  koa.silent = true;
  return createServer(koa.callback()).listen(0, '127.0.0.1');
}

async function withFastify() {
  const web = fastify();
  await web.register(fastifyPlugin, { shared });
  await web.listen({ port: 0, host: '127.0.0.1' });
  return web.server;
}

function withHono() {
  // The server prints the error of each body that fails.
  console.error = () => {};
  const files = fetchHandler(shared);
  const hono = new Hono().use(async ({ req }, next) => (await files(req.raw)) ?? (await next()));
  return serveHono({ fetch: hono.fetch, port: 0, hostname: '127.0.0.1' });
}

function app(req, res) {
  req.resume();
  res.writeHead(404, { 'Content-Length': 4 }).end('APP\n');
}

/** Serves `/flaky/<failure>`. */
function flakyLoader(failure) {
  faults.loader += 1;
  const file = { mtime: new Date(0), size: 100_000, read: () => Buffer.alloc(100_000) };
  const failures = {
    throws: () => {
      throw new Error('thrown');
    },
    rejects: () => Promise.reject(new Error('rejected')),
    never: () => new Promise(() => {}),
    malformed: () => ['a.txt', 'not a function'],
    late: () => new Promise((resolve) => setTimeout(resolve, 20, ['a.txt', () => file])),
    short: () => ['a.txt', () => ({ ...file, read: () => Readable.from([Buffer.alloc(10)]) })],
    aborts: () => ['a.txt', () => ({ ...file, read: createAbortingStream })],
  };
  return failures[failure]?.() ?? null;
}

/** A stream that emits an error after its first chunk. */
function createAbortingStream() {
  return new Readable({
    read() {
      this.push(Buffer.alloc(1000));
      setImmediate(() => this.destroy(new Error('aborted')));
    },
  });
}

/** Makes one read in 500 fail with EIO and one open in 200 with EMFILE, as if no descriptor were left. */
function injectDiskFaults() {
  const { read, openSync } = fs;
  const faultyRead = (...args) => {
    if (Math.random() < 0.998) return read(...args);
    faults.read += 1;
    return setImmediate(args.at(-1), Object.assign(new Error('EIO: i/o error, read'), { code: 'EIO' }));
  };
  // The copied properties include the symbol that `util.promisify` uses.
  fs.read = Object.defineProperties(faultyRead, Object.getOwnPropertyDescriptors(read));
  fs.openSync = (...args) => {
    if (Math.random() < 0.995) return openSync(...args);
    faults.open += 1;
    throw Object.assign(new Error('EMFILE: too many open files'), { code: 'EMFILE' });
  };
}
