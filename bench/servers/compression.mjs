import compression from 'compression';
import serveStatic from 'serve-static';
import { app, createServer, listen } from './listen.mjs';

const compress = compression();
const serve = serveStatic(process.argv[2], { maxAge: '12h' });
listen(createServer((req, res) => compress(req, res, () => serve(req, res, () => app(req, res)))));
