import serveStatic from 'serve-static';
import { app, createServer, listen } from './listen.mjs';

const serve = serveStatic(process.argv[2], { maxAge: '12h' });
listen(createServer((req, res) => serve(req, res, () => app(req, res))));
