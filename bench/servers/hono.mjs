import { relative } from 'node:path';
import { serve } from '@hono/node-server';
import { serveStatic } from '@hono/node-server/serve-static';
import { Hono } from 'hono';
import { isPrecompressed, portArgument } from './listen.mjs';

const hono = new Hono();
hono.use(
  '*',
  serveStatic({ root: relative(process.cwd(), process.argv[2]), precompressed: isPrecompressed }),
);
hono.notFound((context) => context.text('APP\n', 404));
serve({ fetch: hono.fetch, port: portArgument(), hostname: '127.0.0.1' });
