import fs from 'node:fs';

/** To be imported before what is tested, which takes `fs.read` as it finds it. */
const { read } = fs;

let readsLeft = Infinity;

/** Lets `fs.read` fail after so many more calls, until it is called again. */
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

// Also what tells `promisify` how to make one of it.
fs.read = Object.defineProperties(failingRead, Object.getOwnPropertyDescriptors(read)) as typeof fs.read;
