import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { SharedDataMiddleware } from '../../../src';

const [folder = '.'] = process.argv.slice(2);

// As if the files had been left alone for a while: else none is kept in memory.
const { now } = Date;
Date.now = () => now() + 10_000;

const server = createServer(new SharedDataMiddleware(null, { '/s': folder }).listener);
server.listen(0, '127.0.0.1', () => process.send?.((server.address() as AddressInfo).port));
