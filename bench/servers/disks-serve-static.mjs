import { join } from 'node:path';
import serveStatic from 'serve-static';
import { app, createServer, listen } from './listen.mjs';

const folders = ['slow', 'local'].map((name) => ({
  prefix: `/${name}`,
  serve: serveStatic(join(process.argv[2], name), { maxAge: '12h' }),
}));

listen(
  createServer((req, res) => {
    const folder = folders.find(({ prefix }) => req.url.startsWith(`${prefix}/`));
    if (folder === undefined) return app(req, res);
    req.url = req.url.slice(folder.prefix.length);
    folder.serve(req, res, () => app(req, res));
  }),
);
