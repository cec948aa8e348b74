import { readFileSync } from 'node:fs';
import { createServer as createHttpServer } from 'node:http';
import { createSecureServer } from 'node:http2';
import { createServer as createHttpsServer } from 'node:https';
import { join } from 'node:path';

/** Whether the server sends `app.js.gz`, stored beside `app.js`, to clients that accept gzip. */
export const isPrecompressed = process.env.BENCH_VARIANT === 'precompressed';

export const isInExpress = process.env.BENCH_VARIANT === 'express';

/** Creates a server for the protocol of the scenario: HTTP/1.1, or HTTP/1.1 or HTTP/2 over TLS. */
export function createServer(handler) {
  const folder = process.env.BENCH_CERTIFICATE;
  const certificate = folder && {
    key: readFileSync(join(folder, 'key.pem')),
    cert: readFileSync(join(folder, 'cert.pem')),
  };
  switch (process.env.BENCH_PROTOCOL) {
    case 'https':
      return createHttpsServer(certificate, handler);
    case 'h2':
      return createSecureServer(certificate, handler);
    default:
      return createHttpServer(handler);
  }
}

/** Serves files with a middleware, in front of the application: in Express, if the scenario is one of Express. */
export async function listenWith(middleware) {
  if (isInExpress) {
    const { default: express } = await import('express');
    listen(createServer(express().use(middleware, app)));
  } else listen(createServer((req, res) => middleware(req, res, () => app(req, res))));
}

/** Listens on the port of the command line. */
export function listen(server) {
  server.listen(portArgument(), '127.0.0.1');
}

/** The port that the parent process passes as the second argument. The first is the folder to serve. */
export function portArgument() {
  return Number(process.argv[3]);
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
