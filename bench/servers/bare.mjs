// The limit of Node itself: the same header fields and the content already in memory, looked up by its URL.
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { createServer } from 'node:http';
import { join, relative } from 'node:path';
import { listenFrom } from './listen.mjs';

const [root] = process.argv.slice(2);
const files = new Map();

for (const entry of readdirSync(root, { recursive: true, withFileTypes: true })) {
  if (entry.isFile()) remember(join(entry.parentPath, entry.name));
}

function remember(path) {
  const body = readFileSync(path);
  const lastModified = statSync(path).mtime.toUTCString();
  const metadata = ['ETag', '"0123456789abcdef0123456789abcdef"', 'Cache-Control', 'max-age=43200, public'];
  metadata.push('Expires', new Date(Date.now() + 43_200_000).toUTCString());
  const description = [
    'Content-Type',
    'text/plain; charset=utf-8',
    'Last-Modified',
    lastModified,
    'Accept-Ranges',
    'bytes',
  ];
  const whole = [...metadata, ...description, 'Content-Length', String(body.length)];
  files.set(`/${relative(root, path)}`, { body, metadata, description, whole });
}

listenFrom(
  createServer((req, res) => {
    const file = files.get(req.url);
    if (file === undefined) {
      res.writeHead(404, ['Content-Type', 'text/plain', 'Content-Length', '4']);
      res.end('APP\n');
    } else if (req.headers['if-none-match'] !== undefined) {
      res.writeHead(304, file.metadata);
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
      res.writeHead(206, [...file.metadata, ...file.description, ...range]);
      res.end(part);
    } else {
      res.writeHead(200, file.whole);
      res.end(file.body);
    }
  }),
);
