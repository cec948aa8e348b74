import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

/** The package: from the folder that the benchmark names, so that it can compare two commits. */
const folder = process.env.BENCH_PACKAGE ?? join(import.meta.dirname, '../..');
export const { SharedDataMiddleware } = await import(pathToFileURL(join(folder, 'dist/index.js')));
