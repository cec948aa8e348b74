import type { IncomingMessage, ServerResponse } from 'node:http';
import { format } from 'node:util';
import { plainAnswer } from './http/answer';
import { send } from './send';

/** An application: what `http.createServer` takes, an Express app, or another middleware's `listener`. */
export type App = (req: IncomingMessage, res: ServerResponse) => unknown;

/** The `next` of Express, Connect and Polka. */
export type NextFunction = (error?: unknown) => void;

/** An application that answers every request with 404, as `werkzeug.exceptions.NotFound()` does. */
export function NotFound(_req: IncomingMessage, res: ServerResponse): void {
  void send(plainAnswer(404), res);
}

/** @throws TypeError if it is neither an application nor null, which stands for {@link NotFound} */
export function checkApp(app: unknown): App {
  if (app === null) return NotFound;
  if (typeof app === 'function') return app as App;
  throw new TypeError(
    format('expected an application as a function (request, response), or null, got %O', app),
  );
}
