import sirv from 'sirv';
import { app, createServer, isPrecompressed, listen } from './listen.mjs';

const serve = sirv(process.argv[2], { etag: true, gzip: isPrecompressed, maxAge: 43200 });
listen(createServer((req, res) => serve(req, res, () => app(req, res))));
