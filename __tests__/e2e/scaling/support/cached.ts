import { randomBytes } from 'node:crypto';
import { brotliCompressSync, gzipSync } from 'node:zlib';
import { SharedDataMiddleware, type SharedDataOptions } from '../../../../src/index';
import { folderWith } from '../../../support/files';
import { app, type RawAnswer } from '../../../support/server';
import { sendRequest } from './client';
import { serveOrigin, type Origin } from './origin';

/** A cache in front of an origin with one directory at `/static`. */
export interface Cached {
  readonly folder: string;
  readonly origin: Origin;
  /** Sends a GET request to the cache. */
  readonly get: (path: string, headers?: readonly (readonly [string, string])[]) => Promise<RawAnswer>;
  readonly head: (path: string) => Promise<RawAnswer>;
}

/** Starts a cache in front of the origin on a port. */
export type StartCache = (originPort: number) => Promise<{ readonly port: number }>;

/** The content of `data.dat`. */
export const OLD = randomBytes(300_000);
/** The content that replaces it in a deployment. */
export const NEW = randomBytes(310_000);
/** The content of `app.js`, and its stored encodings. */
export const TEXT = 'text that can be compressed '.repeat(400);
export const ENCODED = { br: brotliCompressSync(TEXT), gzip: gzipSync(TEXT) };
const LONG_AGO = new Date('2024-02-29T12:00:00Z');

/** Starts an origin, and a cache in front of it. */
export async function cached(
  start: StartCache,
  cacheControl: string,
  options: SharedDataOptions = {},
): Promise<Cached> {
  const folder = folderWith(
    { 'data.dat': OLD, 'app.js': TEXT, 'app.js.br': ENCODED.br, 'app.js.gz': ENCODED.gzip },
    LONG_AGO,
  );
  const settings: SharedDataOptions = { cacheControl, precompressed: true, etags: 'content', ...options };
  const shared = new SharedDataMiddleware(app, { '/static': folder }, settings);
  const origin = await serveOrigin(shared.listener);
  const { port } = await start(origin.port);
  return {
    folder,
    origin,
    get: (path, headers) => sendRequest(port, 'GET', path, headers),
    head: (path) => sendRequest(port, 'HEAD', path),
  };
}
