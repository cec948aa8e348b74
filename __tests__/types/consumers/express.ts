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

/** An Express application is a valid application. */
export const wrappedApp = new SharedDataMiddleware(app, { '/files': '.' });

/** Never called. The compiler must report each line. */
export function mistakes(): void {
  // @ts-expect-error a SharedDataMiddleware is not a function
  app.use(shared);
  // @ts-expect-error a router is not a set of exports
  new SharedDataMiddleware(null, Router());
}
