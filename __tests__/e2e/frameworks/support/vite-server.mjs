// Serves the directory in argv with Vite's development server, and sends the port to the parent process.
import { createRequire } from 'node:module';
import { createServer } from 'vite';

const require = createRequire(import.meta.url);
const { SharedDataMiddleware } = require('../../../../src/index.ts');

const [folder, root] = process.argv.slice(2);
const shared = new SharedDataMiddleware(null, { '/files': folder }, { index: 'index.html' });

const server = await createServer({
  root,
  configFile: false,
  appType: 'custom',
  logLevel: 'silent',
  // No client needs updates, and the WebSocket server would need a fixed port.
  server: { port: 0, host: '127.0.0.1', hmr: false, ws: false },
  optimizeDeps: { noDiscovery: true },
  plugins: [
    {
      name: 'shared-data',
      configureServer(vite) {
        vite.middlewares.use(shared.middleware);
      },
    },
  ],
});
await server.listen();
process.send(server.httpServer.address().port);
