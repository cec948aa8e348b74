import Koa from 'koa';
import serveStatic from 'koa-static';
import { portArgument } from './listen.mjs';

const koa = new Koa();
koa.use(serveStatic(process.argv[2], { maxage: 43_200_000 }));
koa.use((context) => {
  context.status = 404;
  context.body = 'APP\n';
});
koa.listen(portArgument(), '127.0.0.1');
