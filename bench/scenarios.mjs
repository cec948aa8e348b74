/**
 * What is measured.
 *
 * - `request`: the request. With `mix`, it requests 10,000 files by Zipf's law.
 * - `status`: the expected status, 200 by default.
 * - `connections`: the number of connections, 64 by default.
 * - `measure`: what is compared: `rate` (requests per second, the default) or `bytes` (bytes per second).
 * - `revalidates`: whether the request carries the validator of a previous response.
 * - `targets`: the minimum ratio to other servers, as the median over the rounds.
 */
export const scenarios = [
  { name: '1 KB', request: { path: '/sizes/1k.txt' }, targets: { bare: 0.9, sirv: 3.5 } },
  { name: '10 KB', request: { path: '/sizes/10k.txt' }, targets: {} },
  { name: '10,000 files, Zipf', request: { mix: true }, targets: { bare: 0.8, sirv: 3.5 } },
  { name: '100 KB', request: { path: '/sizes/100k.txt' }, targets: { bare: 0.95, sirv: 3.5 } },
  { name: '1 MB', request: { path: '/sizes/1m.txt' }, targets: { bare: 0.95, nginx: 1.3 } },
  {
    name: '100 MB, 4 clients',
    request: { path: '/sizes/100m.bin' },
    connections: 4,
    measure: 'bytes',
    targets: { nginx: 1.1, sirv: 1.8 },
  },
  { name: '304', request: { path: '/sizes/1k.txt' }, revalidates: true, status: 304, targets: { bare: 0.8 } },
  {
    name: '206 of 16 KB',
    request: { path: '/sizes/100m.bin', headers: { Range: 'bytes=10000000-10016383' } },
    status: 206,
    targets: { sirv: 5 },
  },
  {
    name: '404 from the application',
    request: { path: '/no-such-file' },
    status: 404,
    targets: { bare: 0.85 },
  },
  { name: 'HEAD', request: { path: '/sizes/1k.txt', method: 'HEAD' }, targets: {} },
];

/** The scenarios that are also measured with other versions of Node. */
export const versionScenarios = ['1 KB', '10,000 files, Zipf', '100 KB', '1 MB', '304', '206 of 16 KB'];

/** `bare` is `node:http` with the files in memory; `ours` is this package. */
export const allServers = [
  'bare',
  'ours',
  'sirv',
  'serve-static',
  'fastify-static',
  'koa-static',
  'hono',
  'nginx',
  'werkzeug',
];
