import compression from 'compression';
import serveStatic from 'serve-static';
import { listenWith } from './listen.mjs';

const compress = compression();
const serve = serveStatic(process.argv[2], { maxAge: '12h' });
await listenWith((req, res, next) => compress(req, res, () => serve(req, res, next)));
