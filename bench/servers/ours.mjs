import { createServer } from 'node:http';
import { SharedDataMiddleware } from '../../dist/index.js';
import { app, listen } from './listen.mjs';

listen(createServer(new SharedDataMiddleware(app, { '/': process.argv[2] }).listener));
