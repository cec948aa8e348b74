// Requests a file of the working directory from every compiled consumer, and checks its content.
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { connect } from 'node:http2';
import { text } from 'node:stream/consumers';
import { app as express, wrappedApp as wrappedExpress } from './express.js';
import { app as fastify } from './fastify.js';
import { app as hono } from './fetch.js';
import { http, http2, nested } from './http.js';
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
async function fetchBody(server) {
  const response = await fetch((await originOf(server)) + path);
  const body = await response.text();
  server.close();
  server.closeAllConnections();
  return body;
}

async function fetchBodyWithHttp2() {
  const session = connect(await originOf(http2));
  const body = await text(session.request({ ':path': path }));
  session.close();
  http2.close();
  return body;
}

async function injectFastify() {
  const { body } = await fastify.inject(path);
  await fastify.close();
  return body;
}

const subclasses = [assets, javaScript, commonJs.assets, wrappedExpress, ...shared];
const servers = [http, nested, ...subclasses.map(({ listener }) => createServer(listener))];
servers.push(createServer(express), createServer(koa.callback()));

for (const server of servers) assert.equal(await fetchBody(server), expected);
assert.equal(await fetchBodyWithHttp2(), expected);
assert.equal(await injectFastify(), expected);
assert.equal(await (await hono.request(path)).text(), expected);
assert(required.all.every((value) => typeof value === 'function'));
assert.equal(assets.served, 1);
assert.equal(javaScript.served, 1);
