import Koa from 'koa';
import { SharedDataMiddleware } from 'shared-data-middleware';
import { koaMiddleware, type KoaMiddleware } from 'shared-data-middleware/koa';

const shared = new SharedDataMiddleware(null, { '/files': '.' });
const middleware: KoaMiddleware = koaMiddleware(shared);

export const app = new Koa<{ user?: string }, { locale: string }>();
app.use(async (context, next) => {
  context.state.user = 'somebody';
  await next();
});
app.use(middleware).use(koaMiddleware(shared));

/** Never called. The compiler must report each line. */
export function mistakes(): void {
  // @ts-expect-error a Connect middleware is not a Koa middleware
  app.use(shared.middleware);
  // @ts-expect-error the argument is a SharedDataMiddleware, not a directory
  koaMiddleware('public');
  // @ts-expect-error options belong to the constructor
  koaMiddleware(shared, { index: 'index.html' });
}
