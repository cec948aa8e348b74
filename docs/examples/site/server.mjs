import { createServer } from 'node:http';
import { fileURLToPath } from 'node:url';
import { SharedDataMiddleware } from 'shared-data-middleware';

const { PORT = '8000', HOST = '127.0.0.1' } = process.env;

const NOT_FOUND = `<!doctype html>
<html lang="en">
  <head>
    <meta charset="utf-8">
    <meta name="viewport" content="width=device-width, initial-scale=1">
    <title>Not found – A day on the hills</title>
    <link rel="icon" href="/logo.svg" type="image/svg+xml">
    <link rel="stylesheet" href="/style.css">
  </head>
  <body>
    <main>
      <h1>There is nothing here</h1>
      <p>No export has a file for this address, and the application does not know it either.</p>
      <p><a href="/">Go to the home page</a></p>
    </main>
  </body>
</html>
`;

/** Gets the unchanged request if no export responds. */
function app(req, res) {
  const [path] = req.url.split('?');
  if (path === '/api/time') {
    res.writeHead(200, { 'Content-Type': 'application/json', 'Cache-Control': 'no-store' });
    res.end(JSON.stringify({ time: new Date().toISOString() }));
  } else {
    res.writeHead(404, { 'Content-Type': 'text/html; charset=utf-8' }).end(NOT_FOUND);
  }
}

const site = new SharedDataMiddleware(
  app,
  { '/': beside('public'), '/server.mjs': beside('server.mjs') },
  // Without a lifetime, browsers revalidate each time: an edited file is visible at once, an unchanged one gets 304.
  { index: 'index.html', cacheTimeout: 0 },
);

const server = createServer(site.listener).listen(Number(PORT), HOST, () => {
  const { address, port, family } = server.address();
  console.log(`http://${family === 'IPv6' ? `[${address}]` : address}:${port}/`);
});

server.on('error', (error) => {
  console.error(error.message);
  process.exitCode = 1;
});

for (const signal of ['SIGINT', 'SIGTERM']) {
  process.once(signal, () => {
    server.close();
    server.closeAllConnections();
  });
}

function beside(name) {
  return fileURLToPath(new URL(name, import.meta.url));
}
