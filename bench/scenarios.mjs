/**
 * What is asked of the servers, and the `status` of the answer if it is not 200. `bars` says what the median of a ratio must reach at least; `measure` is what is
 * compared, requests (`rate`) or bytes a second.
 */
export const scenarios = [
  { name: '1 KB', request: { path: '/sizes/1k.txt' }, bars: { bare: 0.9, sirv: 3.5 } },
  { name: '10 KB', request: { path: '/sizes/10k.txt' }, bars: {} },
  { name: '10,000 files, Zipf', request: { mix: true }, bars: { bare: 0.8, sirv: 3.5 } },
  { name: '100 KB', request: { path: '/sizes/100k.txt' }, bars: { bare: 0.95, sirv: 3.5 } },
  { name: '1 MB', request: { path: '/sizes/1m.txt' }, bars: { bare: 0.95, nginx: 1.3 } },
  {
    name: '100 MB, 4 clients',
    request: { path: '/sizes/100m.bin' },
    connections: 4,
    measure: 'bytes',
    bars: { nginx: 1.1, sirv: 1.8 },
  },
  { name: '304', request: { path: '/sizes/1k.txt' }, revalidates: true, status: 304, bars: { bare: 0.8 } },
  {
    name: '206 of 16 KB',
    request: { path: '/sizes/100m.bin', headers: { Range: 'bytes=10000000-10016383' } },
    status: 206,
    bars: { sirv: 5 },
  },
  { name: "the app's own answer", request: { path: '/no-such-file' }, status: 404, bars: { bare: 0.85 } },
  { name: 'HEAD', request: { path: '/sizes/1k.txt', method: 'HEAD' }, bars: {} },
];

/** Small enough a part to be run on every version of Node. */
export const versionScenarios = ['1 KB', '10,000 files, Zipf', '100 KB', '1 MB', '304', '206 of 16 KB'];

export const peers = [
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
