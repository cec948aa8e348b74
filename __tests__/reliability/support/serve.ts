import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { SharedDataMiddleware } from '../../../src';

const [folder = '.'] = process.argv.slice(2);

// Files modified within the racy window are not cached. The clock is ahead so that all files are older.
const { now } = Date;
Date.now = () => now() + 10_000;

const server = createServer(new SharedDataMiddleware(null, { '/s': folder }).listener);
server.listen(0, '127.0.0.1', () => process.send?.((server.address() as AddressInfo).port));
