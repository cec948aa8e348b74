// A replica in a process of its own: serves a folder on a port.
import { createServer } from 'node:http';
import { SharedDataMiddleware } from '../../../src';

const [folder = '', port = ''] = process.argv.slice(2);
const shared = new SharedDataMiddleware(null, { '/': folder }, { etags: 'content' });
createServer(shared.listener).listen(Number(port), '127.0.0.1');
