import type { IncomingMessage, ServerResponse } from 'node:http';

/** An application that responds to every request with 404, `X-App: 1` and `APP\n`. */
export function app(req: IncomingMessage, res: ServerResponse): void {
  res.writeHead(404, { 'X-App': '1', 'Content-Type': 'text/plain', 'Content-Length': '4' });
  res.end('APP\n');
}
