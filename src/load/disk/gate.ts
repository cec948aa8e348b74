import { unavailableError } from '../../http/unavailable';
import type { DiskThreads } from './threads';

/**
 * Limits the operations of one disk in the thread pool: how many there are at a time, and how long each may
 * take, its wait for others included.
 */
export class Gate {
  readonly #timeout: number;
  readonly #threads: DiskThreads;

  /**
   * @param timeout how long an operation may take, in milliseconds
   * @param threads what operations run in
   */
  constructor(timeout: number, threads: DiskThreads) {
    this.#timeout = timeout;
    this.#threads = threads;
  }

  /**
   * Runs an operation, or throws an error with the status 503 if the disk does not respond in time. An
   * operation that has started cannot be cancelled.
   *
   * @param discard gets the result of an operation that has taken too long
   */
  run<T>(operation: () => Promise<T>, discard: (result: T) => void = () => undefined): Promise<T> {
    if (this.#threads.isStuck) return Promise.reject(timeoutError());
    let isRunning = false;
    let isLate = false;
    const isOverdue = (): boolean => isLate;
    let timer: NodeJS.Timeout | undefined;
    const deadline = new Promise<never>((_resolve, reject) => {
      timer = setTimeout(() => {
        isLate = true;
        if (isRunning) this.#threads.overdue += 1;
        reject(timeoutError());
      }, this.#timeout);
    });
    const result = this.#threads.run(async () => {
      if (isOverdue()) return deadline;
      isRunning = true;
      try {
        const value = await operation();
        if (isOverdue()) discard(value);
        return value;
      } finally {
        clearTimeout(timer);
        if (isOverdue()) this.#threads.overdue -= 1;
      }
    });
    return Promise.race([deadline, result]);
  }

  /** Runs an operation, however long it takes. */
  runToEnd<T>(operation: () => Promise<T>): Promise<T> {
    return this.#threads.run(operation);
  }
}

function timeoutError(): Error {
  return unavailableError('the file system did not respond in time');
}
