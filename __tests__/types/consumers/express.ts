import express, { Router, type Express, type RequestHandler } from 'express';
import { SharedDataMiddleware } from 'shared-data-middleware';

const shared = new SharedDataMiddleware(null, { '/files': '.' });
const handler: RequestHandler = shared.middleware;

export const app: Express = express();
app.use(shared.middleware);
app.use('/below', handler, Router().use(shared.middleware));
app.get('/*rest', shared.middleware, (_req, res) => {
  res.sendStatus(404);
});

/** An Express app is an application. */
export const around = new SharedDataMiddleware(app, { '/files': '.' });

/** Never called: each line is a mistake that the compiler finds. */
export function mistakes(): void {
  // @ts-expect-error the middleware is no function
  app.use(shared);
  // @ts-expect-error a router is no list of exports
  new SharedDataMiddleware(null, Router());
}
