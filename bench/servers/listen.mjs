/** Listens on the port that was given and says so to who started the server. */
export function listenFrom(server) {
  server.listen(portGiven(), '127.0.0.1', ready);
}

export function portGiven() {
  return Number(process.argv[3]);
}

export function ready() {
  process.send?.('ready');
}

/** The application below the files: what answers what is no file. */
export function app(req, res) {
  res.writeHead(404, ['Content-Type', 'text/plain', 'Content-Length', '4']);
  res.end('APP\n');
}

/** Tells its memory when asked, for the benchmarks of memory. */
process.on('message', (message) => {
  if (message !== 'memory') return;
  globalThis.gc?.();
  process.send({ rss: process.memoryUsage.rss() });
});
