import fs from 'node:fs';

/** Import this module before the tested code, which reads `fs.read` when it is loaded. */
const { read } = fs;

let readsLeft = Infinity;

/** Makes every call of `fs.read` fail with EIO after `count` more calls. `Infinity` ends the failures. */
export function failAfterReads(count: number): void {
  readsLeft = count;
}

function failingRead(...args: unknown[]): void {
  readsLeft -= 1;
  if (readsLeft >= 0) (read as (...args: unknown[]) => void)(...args);
  else {
    const error = Object.assign(new Error('EIO: i/o error, read'), { code: 'EIO' });
    (args.at(-1) as (error: Error) => void)(error);
  }
}

// Copies all properties, including the one that `promisify` uses.
fs.read = Object.defineProperties(failingRead, Object.getOwnPropertyDescriptors(read)) as typeof fs.read;
