// The package behind nginx: it decides on the response, and nginx sends the file.
import { app, createServer, listen } from './listen.mjs';
import { SharedDataMiddleware } from './package.mjs';

const [, , root] = process.argv;
const sendfile = { header: 'X-Accel-Redirect', from: root, to: '/delegated' };
listen(createServer(new SharedDataMiddleware(app, { '/': root }, { sendfile }).listener));
