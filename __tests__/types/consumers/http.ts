import { createServer, type Server } from 'node:http';
import { createServer as createHttp2, createSecureServer, type Http2Server } from 'node:http2';
import { createServer as createHttps } from 'node:https';
import { SharedDataMiddleware } from 'shared-data-middleware';

const shared = new SharedDataMiddleware(
  (req, res) => {
    res.writeHead(404).end(req.url);
  },
  { '/files': '.' },
);

export const http: Server = createServer(shared.listener);
export const http2: Http2Server = createHttp2(shared.listener);

/** The listener of one middleware is the application of another. */
export const nested: Server = createServer(new SharedDataMiddleware(shared.listener, {}).listener);

/** Never called, because TLS servers need a key. */
export function secure(): void {
  createHttps(shared.listener);
  createSecureServer({ allowHTTP1: true }, shared.listener);
}

/** Never called. The compiler must report each line. */
export function mistakes(): void {
  // @ts-expect-error a SharedDataMiddleware is not a function
  createServer(shared);
  // @ts-expect-error a Connect middleware has a third parameter
  createServer(shared.middleware);
  // @ts-expect-error an application takes a response
  new SharedDataMiddleware((req: Request) => new Response(req.url), {});
}
