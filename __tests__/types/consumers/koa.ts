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

/** Never called: each line is a mistake that the compiler finds. */
export function mistakes(): void {
  // @ts-expect-error the middleware of Connect is none of Koa
  app.use(shared.middleware);
  // @ts-expect-error a folder is for the constructor
  koaMiddleware('public');
  // @ts-expect-error options are for the constructor
  koaMiddleware(shared, { index: 'index.html' });
}
