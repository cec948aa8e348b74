// A Worker of Cloudflare, which has no file system: its files come from a loader of its own. Here they are in memory; a
// loader may also read from a store, and return promises.
import { SharedDataMiddleware } from 'shared-data-middleware';
import { fetchHandler } from 'shared-data-middleware/fetch';

const deployedAt = new Date('2026-01-01T00:00:00Z');
const files = new Map();

function add(name, text) {
  const content = new TextEncoder().encode(text);
  const read = (start, end) => content.subarray(start, end + 1);
  files.set(name, { mtime: deployedAt, size: content.length, content, read });
}

add('index.html', '<!doctype html><script src="app.js"></script><h1>From a Worker</h1>');
add('app.js', 'console.log("from a Worker");');

function memoryLoader(path) {
  const name = path || 'index.html';
  const file = files.get(name);
  return file === undefined ? null : [name, () => file];
}

const respond = fetchHandler(new SharedDataMiddleware(null, { '/': memoryLoader }));

export default {
  async fetch(request) {
    return (await respond(request)) ?? new Response('Not Found', { status: 404 });
  },
};
