import type { IncomingMessage, ServerResponse } from 'node:http';
import { plainResponse } from '../http/plain-response';
import { send } from './send';

/** An application that responds to every request with 404, as `werkzeug.exceptions.NotFound()` does. */
export function NotFound(_req: IncomingMessage, res: ServerResponse): void {
  void send(plainResponse(404), res);
}
