import { join } from 'node:path';
import { app, createServer, listen } from './listen.mjs';
import { SharedDataMiddleware } from './package.mjs';

const root = process.argv[2];
const exports = { '/slow': join(root, 'slow'), '/local': join(root, 'local') };
listen(createServer(new SharedDataMiddleware(app, exports).listener));
