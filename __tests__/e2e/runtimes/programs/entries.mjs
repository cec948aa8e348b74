// Uses the entry points of the package, and prints what the responses are. The argument is the folder to serve.
import { createServer } from 'node:http';
import { NotFound, SharedDataMiddleware } from 'shared-data-middleware';
import { fastifyPlugin } from 'shared-data-middleware/fastify';
import { fetchHandler } from 'shared-data-middleware/fetch';
import { koaMiddleware } from 'shared-data-middleware/koa';
import { s3Loader } from 'shared-data-middleware/s3';

const exported = { '/s': process.argv[2], '/store': s3Loader({ bucket: 'b', client: { send: head } }) };
const shared = new SharedDataMiddleware(NotFound, exported, { disallow: '*.map', precompressed: true });
const respond = fetchHandler(shared);

async function head() {
  return { ContentLength: 0, ETag: '"stored"', LastModified: new Date(0) };
}

async function get(url) {
  // Without the field, Bun would accept Brotli and decompress it.
  const response = await fetch(url, { headers: { 'Accept-Encoding': 'identity' } });
  return `${response.status} ${response.headers.get('content-type')} ${await response.text()}`;
}

const server = createServer(shared.listener).listen(0, '127.0.0.1', async () => {
  const { port } = server.address();
  const origin = `http://127.0.0.1:${port}`;
  const compressed = await respond(new Request(`${origin}/s/a.js`, { headers: { 'Accept-Encoding': 'br' } }));
  const inStore = await respond(new Request(`${origin}/store/a.js`, { method: 'HEAD' }));
  console.log(
    [
      await get(`${origin}/s/a.js`),
      await get(`${origin}/s/a.js.map`),
      `${compressed.headers.get('content-encoding')} ${await compressed.text()}`,
      inStore.headers.get('etag'),
      `${typeof fastifyPlugin} ${typeof koaMiddleware}`,
    ].join('\n'),
  );
  process.exit();
});
