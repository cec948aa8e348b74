// The baseline: `node:http` with the files in memory, looked up by URL. It sends the same header fields as
// the package. Its result is the maximum that Node can reach.
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { createServer } from 'node:http';
import { join, relative } from 'node:path';
import { listen } from './listen.mjs';

const [root] = process.argv.slice(2);
const files = new Map();

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
  ];
  cachingHeaders.push('Expires', new Date(Date.now() + 43_200_000).toUTCString());
  const contentHeaders = [
    'Content-Type',
    'text/plain; charset=utf-8',
    'Last-Modified',
    lastModified,
    'Accept-Ranges',
    'bytes',
  ];
  const headers = [...cachingHeaders, ...contentHeaders, 'Content-Length', String(body.length)];
  files.set(`/${relative(root, path)}`, { body, cachingHeaders, contentHeaders, headers });
}

listen(
  createServer((req, res) => {
    const file = files.get(req.url);
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
