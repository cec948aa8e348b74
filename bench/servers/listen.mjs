/** Listens on the port of the command line, then notifies the parent process. */
export function listen(server) {
  server.listen(portArgument(), '127.0.0.1', notifyReady);
}

/** The port that the parent process passes as the second argument. The first is the folder to serve. */
export function portArgument() {
  return Number(process.argv[3]);
}

/** Tells the parent process that the server accepts connections. */
export function notifyReady() {
  process.send?.('ready');
}

/** The application: it responds 404 to all requests that the static files do not match. */
export function app(req, res) {
  res.writeHead(404, ['Content-Type', 'text/plain', 'Content-Length', '4']);
  res.end('APP\n');
}

// Responds to the message 'memory' with the resident set size after a garbage collection.
process.on('message', (message) => {
  if (message !== 'memory') return;
  globalThis.gc?.();
  process.send({ rss: process.memoryUsage.rss() });
});
