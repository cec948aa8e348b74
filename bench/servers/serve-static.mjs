import { createServer } from 'node:http';
import serveStatic from 'serve-static';
import { app, listen } from './listen.mjs';

const serve = serveStatic(process.argv[2], { maxAge: '12h' });
listen(createServer((req, res) => serve(req, res, () => app(req, res))));
