import { createServer } from 'node:http';
import { join } from 'node:path';
import { SharedDataMiddleware } from '../../dist/index.js';
import { app, listen } from './listen.mjs';

const root = process.argv[2];
const exports = { '/slow': join(root, 'slow'), '/local': join(root, 'local') };
listen(createServer(new SharedDataMiddleware(app, exports).listener));
