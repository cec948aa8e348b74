import { createServer } from 'node:http';
import { SharedDataMiddleware } from '../../dist/index.js';
import { app, listenFrom } from './listen.mjs';

listenFrom(createServer(new SharedDataMiddleware(app, { '/': process.argv[2] }).listener));
