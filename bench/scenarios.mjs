/**
 * What is measured.
 *
 * - `name`: for `--only`, without a comma. `title`: for tables; the name by default.
 * - `request`: the request. With `mix`, it requests 10,000 files: by Zipf's law, or `each` in turn.
 * - `before`: what is requested before, for some seconds.
 * - `status`, `coding`, `length`: the expected status (200 by default), Content-Encoding and length of the body.
 * - `uncompressed`: servers that send the file as it is, although the scenario has a coding.
 * - `connections`: the number of connections, 64 by default.
 * - `measure`: what is compared: `rate` (requests per second, the default) or `bytes` (bytes per second).
 * - `revalidates`: whether the request carries the validator of a previous response.
 * - `protocol`: `http` (the default), `https` or `h2`, which is HTTP/2 over TLS.
 * - `variant`: how the servers are set up, if not as usual. `servers`: the servers that support this, if not all.
 * - `compared`: whether `--compare` measures it without `--only`.
 */
export const scenarios = [
  { name: '1 KB', request: { path: '/sizes/1k.txt' }, length: 1024, compared: true },
  {
    name: 'Express 1 KB',
    title: '1 KB, in Express',
    request: { path: '/sizes/1k.txt' },
    length: 1024,
    variant: 'express',
    servers: ['bare', 'ours', 'sirv', 'serve-static'],
  },
  { name: '10 KB', request: { path: '/sizes/10k.txt' }, length: 10_240, compared: true },
  { name: 'Zipf', title: '10,000 files, Zipf', request: { mix: 'zipf' }, compared: true },
  {
    name: 'Zipf warm',
    title: '10,000 files, Zipf, each requested before',
    request: { mix: 'zipf' },
    before: { mix: 'each' },
    servers: ['bare', 'ours', 'sirv', 'nginx'],
  },
  {
    name: 'Zipf immutable',
    title: '10,000 files, Zipf, immutable',
    request: { mix: 'zipf' },
    variant: 'immutable',
    servers: ['bare', 'ours'],
    compared: true,
  },
  { name: '100 KB', request: { path: '/sizes/100k.txt' }, length: 102_400, compared: true },
  {
    name: 'gzip',
    title: '100 KB of JavaScript, gzip',
    request: { path: '/code/app.js', headers: { 'Accept-Encoding': 'gzip' } },
    coding: 'gzip',
    variant: 'precompressed',
    servers: ['bare', 'ours', 'sirv', 'compression', 'fastify-static', 'nginx', 'caddy', 'lighttpd'],
  },
  ...['1 KB', '10 KB', '100 KB', '1 MB'].map(compressScenario),
  { name: '1 MB', request: { path: '/sizes/1m.txt' }, length: 1_048_576, compared: true },
  {
    name: '100 MB',
    title: '100 MB, 4 clients',
    request: { path: '/sizes/100m.bin' },
    length: 104_857_600,
    connections: 4,
    measure: 'bytes',
  },
  { name: '304', request: { path: '/sizes/1k.txt' }, revalidates: true, status: 304, compared: true },
  {
    name: '206',
    title: '206 of 16 KB',
    request: { path: '/sizes/100m.bin', headers: { Range: 'bytes=10000000-10016383' } },
    status: 206,
    length: 16_384,
    compared: true,
  },
  {
    name: 'own answer',
    title: "the application's own answer",
    request: { path: '/no-such-file' },
    status: 404,
    compared: true,
  },
  {
    name: 'exports',
    title: "the application's own answer, 1,000 exports",
    request: { path: '/no-such-file' },
    status: 404,
    variant: 'exports',
    servers: ['bare', 'ours'],
    compared: true,
  },
  ...['https', 'h2'].flatMap((protocol) => [
    tlsScenario(protocol, '1 KB', '/sizes/1k.txt', 1024),
    tlsScenario(protocol, '1 MB', '/sizes/1m.txt', 1_048_576),
  ]),
  { name: 'HEAD', request: { path: '/sizes/1k.txt', method: 'HEAD' } },
];

/** Files that are compressed while they are served. `ours-uncompressed` is this package without `compress`. */
function compressScenario(size) {
  return {
    name: `compress ${size}`,
    title: `${size} of JavaScript, compressed when it is requested`,
    request: {
      path: `/javascript/${size.replace(' ', '').toLowerCase()}.js`,
      headers: { 'Accept-Encoding': 'gzip' },
    },
    coding: 'gzip',
    variant: 'compress',
    servers: ['ours-uncompressed', 'ours', 'compression', 'fastify-compress', 'nginx'],
    uncompressed: ['ours-uncompressed'],
  };
}

function tlsScenario(protocol, size, path, length) {
  const title = `${size}, ${protocol === 'h2' ? 'HTTP/2' : 'HTTPS'}`;
  const servers = ['bare', 'ours', 'nginx'];
  return { name: `${protocol} ${size}`, title, protocol, request: { path }, length, servers };
}

/** `bare` is `node:http` with the files in memory; `ours` is this package. */
export const allServers = [
  'bare',
  'ours',
  'sirv',
  'serve-static',
  'compression',
  'fastify-static',
  'koa-static',
  'hono',
  'bun',
  'nginx',
  'caddy',
  'lighttpd',
  'werkzeug',
];

/** The servers that measure a scenario: those that the scenario names, or all. `compression` needs a coding. */
export function serversOf({ servers = allServers, coding }) {
  return servers.filter((name) => name !== 'compression' || coding !== undefined);
}
