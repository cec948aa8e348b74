// Prints the names of what `import` and `require` return differently.
import { createRequire } from 'node:module';
import { pathToFileURL } from 'node:url';
import * as main from 'shared-data-middleware';
import * as fastify from 'shared-data-middleware/fastify';
import * as fetch from 'shared-data-middleware/fetch';
import * as koa from 'shared-data-middleware/koa';
import * as s3 from 'shared-data-middleware/s3';

const require = createRequire(pathToFileURL(`${process.cwd()}/main.js`));
const imported = { '': main, '/fastify': fastify, '/fetch': fetch, '/koa': koa, '/s3': s3 };

for (const [path, entry] of Object.entries(imported)) {
  const required = require(`shared-data-middleware${path}`);
  const dynamic = await import(`shared-data-middleware${path}`);
  const names = Object.keys(required);
  if (names.length === 0) console.log(`nothing in ${path}`);
  for (const name of names)
    if (required[name] !== entry[name] || required[name] !== dynamic[name]) console.log(`${path} ${name}`);
}
console.log('compared');
