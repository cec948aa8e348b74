// The baseline: `node:http` with the files in memory, looked up by URL. It sends the same header fields as
// the package. Its result is the maximum that Node can reach.
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { extname, join, relative } from 'node:path';
import { createServer, listen } from './listen.mjs';

const [root] = process.argv.slice(2);
const files = new Map();
const encodings = new Map();

for (const entry of readdirSync(root, { recursive: true, withFileTypes: true })) {
  if (entry.isFile()) addFile(join(entry.parentPath, entry.name));
}

function addFile(path) {
  const body = readFileSync(path);
  const lastModified = statSync(path).mtime.toUTCString();
  const cachingHeaders = [
    'ETag',
    '"0123456789abcdef0123456789abcdef"',
    'Cache-Control',
    'max-age=43200, public',
    'Expires',
    new Date(Date.now() + 43_200_000).toUTCString(),
  ];
  const isEncoded = extname(path) === '.gz';
  const original = isEncoded ? path.slice(0, -'.gz'.length) : path;
  const contentHeaders = [
    'Content-Type',
    `${extname(original) === '.js' ? 'text/javascript' : 'text/plain'}; charset=utf-8`,
    ...(isEncoded ? ['Content-Encoding', 'gzip', 'Vary', 'Accept-Encoding'] : []),
    'Last-Modified',
    lastModified,
    'Accept-Ranges',
    'bytes',
  ];
  const headers = [...cachingHeaders, ...contentHeaders, 'Content-Length', String(body.length)];
  const file = { body, cachingHeaders, contentHeaders, headers };
  if (isEncoded) encodings.set(`/${relative(root, original)}`, file);
  else files.set(`/${relative(root, path)}`, file);
}

listen(
  createServer((req, res) => {
    const file = (req.headers['accept-encoding'] && encodings.get(req.url)) ?? files.get(req.url);
    if (file === undefined) {
      res.writeHead(404, ['Content-Type', 'text/plain', 'Content-Length', '4']);
      res.end('APP\n');
    } else if (req.headers['if-none-match'] !== undefined) {
      res.writeHead(304, file.cachingHeaders);
      res.end();
    } else if (req.headers.range !== undefined) {
      const [start, end] = req.headers.range.slice('bytes='.length).split('-').map(Number);
      const part = file.body.subarray(start, end + 1);
      const range = [
        'Content-Length',
        String(part.length),
        'Content-Range',
        `bytes ${start}-${end}/${file.body.length}`,
      ];
      res.writeHead(206, [...file.cachingHeaders, ...file.contentHeaders, ...range]);
      res.end(part);
    } else {
      res.writeHead(200, file.headers);
      res.end(file.body);
    }
  }),
);
