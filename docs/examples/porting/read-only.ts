import type { IncomingMessage, ServerResponse } from 'node:http';
import { SharedDataMiddleware } from 'shared-data-middleware';

export class ReadOnlyFiles extends SharedDataMiddleware {
  override async handle(req: IncomingMessage, res: ServerResponse): Promise<void> {
    if (req.method === 'GET' || req.method === 'HEAD') await super.handle(req, res);
    else res.writeHead(405, { Allow: 'GET, HEAD', 'Content-Length': 0 }).end();
  }
}
