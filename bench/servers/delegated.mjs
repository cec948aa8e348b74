// The package behind nginx: it decides on the response, and nginx sends the file.
import { createServer } from 'node:http';
import { SharedDataMiddleware } from '../../dist/index.js';
import { app, listen } from './listen.mjs';

const [, , root] = process.argv;
const sendfile = { header: 'X-Accel-Redirect', from: root, to: '/delegated' };
listen(createServer(new SharedDataMiddleware(app, { '/': root }, { sendfile }).listener));
