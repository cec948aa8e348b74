import { createServer } from 'node:http';
import { SharedDataMiddleware } from '../../dist/index.js';
import { app, listenFrom } from './listen.mjs';

const [, , from] = process.argv;
const sendfile = { header: 'X-Accel-Redirect', from, to: '/handed-off' };
listenFrom(createServer(new SharedDataMiddleware(app, { '/': from }, { sendfile }).listener));
