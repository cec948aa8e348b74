import { createReadStream } from 'node:fs';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import type { Exports } from '../../../../src/index';
import { dictionaryOf } from '../../../support/deltas';

export const LARGE = Buffer.alloc(20_000_000, 'shared data ');
export const OLD_MTIME = new Date(1.7e12);

/** What a client has that gets a delta of `a.js`. */
export const DICTIONARY = dictionaryOf('as it was');

/** The files of the exported directory. */
export const FILES = {
  'a.txt': 'content',
  'empty.txt': '',
  'large.bin': LARGE,
  'docs/index.html': 'docs',
  'a.js': 'as it is',
  'a.js.gz': 'gz',
  [`a.js.${DICTIONARY.short}.dcz`]: DICTIONARY.delta('dcz', 'delta'),
};

/** A directory, and loaders and openers that fail. This module also runs in Bun and Deno. */
export function testExports(folder: string): Exports {
  return {
    '/s': folder,
    '/refused': () => {
      throw Object.assign(new Error('out of tea'), { status: 418 });
    },
    '/broken': () => Promise.reject(new Error('a bug')),
    '/exhausted': () => {
      throw Object.assign(new Error(`EMFILE: too many open files, open '${folder}'`), { code: 'EMFILE' });
    },
    '/unreadable-encoding': () => [
      'a.txt',
      () => ({ mtime: OLD_MTIME, size: 7, read: () => Buffer.from('content') }),
      () => {
        throw Object.assign(new Error(`EACCES: permission denied, open '${folder}'`), { code: 'EACCES' });
      },
    ],
    '/fails-at-once': () => [
      'fails.bin',
      () => ({
        mtime: OLD_MTIME,
        size: 1_000_000,
        read: () => createReadStream(join(folder, 'private-name')),
      }),
    ],
    // eslint-disable-next-line @typescript-eslint/prefer-promise-reject-errors -- loaders can do this
    '/null': () => Promise.reject(null),
    '/fails-to-close': () => [
      'a.bin',
      () => ({
        mtime: OLD_MTIME,
        size: 100_000,
        read: () => Readable.from([Buffer.alloc(100_000)]),
        close: () => Promise.reject(Object.assign(new Error('ENOTCONN'), { code: 'ENOTCONN' })),
      }),
    ],
    '/fails': () => [
      'fails.bin',
      () => ({
        mtime: OLD_MTIME,
        size: 1_000_000,
        read: () =>
          Readable.from(
            (async function* () {
              // @hono/node-server reads two chunks before it sends the status.
              for (let chunks = 0; chunks < 5; chunks++) {
                yield Buffer.alloc(100_000);
                await new Promise(setImmediate);
              }
              throw new Error('the disk is gone');
            })(),
          ),
      }),
    ],
  };
}
