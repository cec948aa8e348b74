import { read, readSync, type BigIntStats } from 'node:fs';
import { promisify } from 'node:util';
import type { MaybePromise } from '../../util/maybe-promise';
import type { FileSystem } from './file-system';
import { Gate } from './gate';
import { IoMode, type Io } from './io-mode';
import { poolOperations, syncOperations } from './operations';
import { threads } from './threads';

/** The settings of a {@link Disk}. */
export interface DiskOptions {
  /** Whether operations are synchronous or done by the thread pool. */
  readonly io: Io;
  /** How long an operation in the thread pool may take, in milliseconds. */
  readonly timeout: number;
}

/** Called with an error, or with the number of bytes that were read. */
export type ReadCallback = (error: Error | null, bytesRead: number) => void;

const readAsync = promisify(read);

/**
 * The operations of one mounted file system, synchronous as long as it is quick. Each returns a promise if it
 * is done by the thread pool.
 */
export class Disk {
  readonly fileSystem: FileSystem;
  readonly #mode: IoMode;
  readonly #gate: Gate;

  /** @param diskThreads the threads that it shares with the same disk of other middlewares */
  constructor(fileSystem: FileSystem, { io, timeout }: DiskOptions, diskThreads = threads.of(null)) {
    this.fileSystem = fileSystem;
    this.#mode = new IoMode(io, fileSystem.isRemote);
    this.#gate = new Gate(timeout, diskThreads);
  }

  /** Whether operations are done by the thread pool now. */
  get usesPool(): boolean {
    return this.#mode.usesPool;
  }

  /** What a name leads to, or undefined for nothing. */
  stat(path: string): MaybePromise<BigIntStats | undefined> {
    return this.#perform(
      () => syncOperations.stat(path),
      () => poolOperations.stat(path),
    );
  }

  /** Whether there is a file, directory or link with a name. Links are not followed. */
  exists(path: string): MaybePromise<boolean> {
    return this.#perform(
      () => syncOperations.exists(path),
      () => poolOperations.exists(path),
    );
  }

  /** The number of the kind of file system that a path is on. */
  fileSystemType(path: string): MaybePromise<number> {
    return this.#perform(
      () => syncOperations.fileSystemType(path),
      () => poolOperations.fileSystemType(path),
    );
  }

  /** The names in a directory. */
  readdir(path: string): MaybePromise<string[]> {
    return this.#perform(
      () => syncOperations.readdir(path),
      () => poolOperations.readdir(path),
    );
  }

  realpath(path: string): MaybePromise<string> {
    return this.#perform(
      () => syncOperations.realpath(path),
      () => poolOperations.realpath(path),
    );
  }

  /** Opens a file for reading and returns its descriptor. */
  open(path: string): MaybePromise<number> {
    const close = (descriptor: number): void => {
      this.#gate.runToEnd(() => poolOperations.close(descriptor)).catch(() => undefined);
    };
    return this.#perform(
      () => syncOperations.open(path),
      () => poolOperations.open(path),
      close,
    );
  }

  fstat(descriptor: number): MaybePromise<BigIntStats> {
    return this.#perform(
      () => syncOperations.fstat(descriptor),
      () => poolOperations.fstat(descriptor),
    );
  }

  /** Reads into a buffer from a position, always by the thread pool. */
  read(descriptor: number, buffer: Buffer, position: number, callback: ReadCallback): void {
    if (!this.#mode.usesPool) {
      read(descriptor, buffer, 0, buffer.length, position, callback);
      return;
    }
    this.run(() => readAsync(descriptor, buffer, 0, buffer.length, position)).then(
      ({ bytesRead }) => {
        callback(null, bytesRead);
      },
      (error: unknown) => {
        callback(error as Error, 0);
      },
    );
  }

  /** Fills a buffer, from an offset in it, from a position. Synchronous. Returns the number of bytes. */
  readSync(descriptor: number, buffer: Buffer, offset: number, position: number): number {
    return this.#runSync(() => readSync(descriptor, buffer, offset, buffer.length - offset, position));
  }

  /** Closes a descriptor. This is not limited in time, because a descriptor would stay open. */
  close(descriptor: number): MaybePromise<void> {
    if (this.#mode.usesPool) return this.#gate.runToEnd(() => poolOperations.close(descriptor));
    this.#runSync(() => {
      syncOperations.close(descriptor);
    });
  }

  /**
   * Runs an operation in the thread pool.
   *
   * @param discard gets the result of an operation that has taken too long
   */
  run<T>(operation: () => Promise<T>, discard?: (result: T) => void): Promise<T> {
    return this.#gate.run(async () => {
      const startedAt = performance.now();
      try {
        return await operation();
      } finally {
        this.#mode.recordPool(performance.now() - startedAt);
      }
    }, discard);
  }

  #perform<T>(sync: () => T, pool: () => Promise<T>, discard?: (result: T) => void): MaybePromise<T> {
    return this.#mode.usesPool ? this.run(pool, discard) : this.#runSync(sync);
  }

  #runSync<T>(operation: () => T): T {
    const startedAt = performance.now();
    try {
      return operation();
    } finally {
      this.#mode.recordSync(performance.now() - startedAt);
    }
  }
}
