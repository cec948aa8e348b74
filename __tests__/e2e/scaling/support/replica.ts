// A replica in its own process. Serves a directory on a port.
import { createServer } from 'node:http';
import { SharedDataMiddleware } from '../../../../src/index';

const [folder = '', port = ''] = process.argv.slice(2);
const shared = new SharedDataMiddleware(null, { '/': folder }, { etags: 'content' });
createServer(shared.listener).listen(Number(port), '127.0.0.1');
