// Asks every consumer, once it is compiled, for a file of the working directory. Ends with an error if one does not have it.
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { connect } from 'node:http2';
import { text } from 'node:stream/consumers';
import { app as express, around as aroundExpress } from './express.js';
import { app as fastify } from './fastify.js';
import { app as hono } from './fetch.js';
import { around, http, http2 } from './http.js';
import { app as koa } from './koa.js';
import { shared } from './options.js';
import required from './require.cjs';
import commonJs from './subclass.cjs';
import { assets } from './subclass.js';
import { assets as javaScript } from './subclass.mjs';

const path = '/files/package.json';
const expected = readFileSync('package.json', 'utf8');

/** @param {import('node:net').Server} server */
async function originOf(server) {
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const address = server.address();
  assert(address !== null && typeof address === 'object');
  return `http://127.0.0.1:${address.port}`;
}

/** @param {import('node:http').Server} server */
async function asked(server) {
  const response = await fetch((await originOf(server)) + path);
  const body = await response.text();
  server.close();
  server.closeAllConnections();
  return body;
}

async function askedWithHttp2() {
  const session = connect(await originOf(http2));
  const body = await text(session.request({ ':path': path }));
  session.close();
  http2.close();
  return body;
}

async function askedFastify() {
  const { body } = await fastify.inject(path);
  await fastify.close();
  return body;
}

const subclasses = [assets, javaScript, commonJs.assets, aroundExpress, ...shared];
const servers = [http, around, ...subclasses.map(({ listener }) => createServer(listener))];
servers.push(createServer(express), createServer(koa.callback()));

for (const server of servers) assert.equal(await asked(server), expected);
assert.equal(await askedWithHttp2(), expected);
assert.equal(await askedFastify(), expected);
assert.equal(await (await hono.request(path)).text(), expected);
assert(required.all.every((made) => typeof made === 'function'));
assert.equal(assets.served, 1);
assert.equal(javaScript.served, 1);
