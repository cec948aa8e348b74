import { createServer } from 'node:http';
import sirv from 'sirv';
import { app, listen } from './listen.mjs';

const serve = sirv(process.argv[2], { etag: true, maxAge: 43200 });
listen(createServer((req, res) => serve(req, res, () => app(req, res))));
