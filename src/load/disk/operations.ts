import * as fs from 'node:fs';
import { promisify } from 'node:util';
import { isNotFoundError } from '../../util/fs-errors';

/**
 * The flags for reading a file. With `O_NONBLOCK`, opening a FIFO that has replaced the file does not wait
 * for a writer. Windows has neither FIFOs in directories nor the flag.
 */
export const READ_FLAGS =
  fs.constants.O_RDONLY | (process.platform === 'win32' ? 0 : fs.constants.O_NONBLOCK);

const STAT_OPTIONS = { bigint: true, throwIfNoEntry: false } as const;

/** Synchronous operations. They throw what Node throws. */
export const syncOperations = {
  /** Undefined if a name leads to nothing. */
  stat(path: string): fs.BigIntStats | undefined {
    try {
      return fs.statSync(path, STAT_OPTIONS);
    } catch (error) {
      if (isNotFoundError(error)) return undefined;
      throw error;
    }
  },
  /** Whether there is a file, directory or link with a name. Links are not followed. */
  exists: (path: string): boolean => fs.lstatSync(path, { throwIfNoEntry: false }) !== undefined,
  /** The kind of the file system of a path. */
  fileSystemType: (path: string): number => fs.statfsSync(path).type,
  /** The names in a directory. */
  readdir: (path: string): string[] => fs.readdirSync(path),
  realpath: (path: string): string => fs.realpathSync.native(path),
  open: (path: string): number => fs.openSync(path, READ_FLAGS),
  fstat: (descriptor: number): fs.BigIntStats => fs.fstatSync(descriptor, { bigint: true }),
  close: (descriptor: number): void => {
    fs.closeSync(descriptor);
  },
};

type Asynchronous<T> = {
  [K in keyof T]: T[K] extends (...args: infer A) => infer R ? (...args: A) => Promise<R> : never;
};

const open = promisify(fs.open);
const fstat = promisify(fs.fstat);

/** The same operations, done by the thread pool. They reject with what Node throws. */
export const poolOperations: Asynchronous<typeof syncOperations> = {
  async stat(path) {
    try {
      return await fs.promises.stat(path, { bigint: true });
    } catch (error) {
      if (isNotFoundError(error)) return undefined;
      throw error;
    }
  },
  async exists(path) {
    try {
      await fs.promises.lstat(path);
      return true;
    } catch (error) {
      if (isNotFoundError(error)) return false;
      throw error;
    }
  },
  fileSystemType: async (path) => (await fs.promises.statfs(path)).type,
  readdir: (path) => fs.promises.readdir(path),
  realpath: promisify(fs.realpath.native),
  open: (path) => open(path, READ_FLAGS),
  fstat: (descriptor) => fstat(descriptor, { bigint: true }),
  close: promisify(fs.close),
};
