/**
 * A value, or a promise of one. Most files are in memory, and waiting for a value that is there would cost a
 * request a tenth of its time.
 */
export type MaybePromise<T> = T | PromiseLike<T>;

/** Whether a value is a promise. */
export function isPromise<T>(value: MaybePromise<T>): value is PromiseLike<T> {
  return typeof (value as { then?: unknown } | null | undefined)?.then === 'function';
}

/** Calls `next` with the value: synchronously, or after the promise if it is one. */
export function andThen<T, U>(value: MaybePromise<T>, next: (value: T) => MaybePromise<U>): MaybePromise<U> {
  return isPromise(value) ? value.then(next) : next(value);
}

/** Ignores the error of a promise that is not used, which would end the process. */
export function ignoreRejection(value: unknown): void {
  if (isPromise(value)) value.then(undefined, () => undefined);
}

/** Calls a function, and `recover` with its error, whether it throws or rejects. */
export function orElse<T>(
  run: () => MaybePromise<T>,
  recover: (error: unknown) => MaybePromise<T>,
): MaybePromise<T> {
  try {
    const value = run();
    return isPromise(value) ? value.then(undefined, recover) : value;
  } catch (error) {
    return recover(error);
  }
}
