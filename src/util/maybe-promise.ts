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

/**
 * The first result that is not null, of the items from `at` on. An item is tried only if all before it have none.
 */
export function firstOf<T extends string, U>(
  items: readonly T[],
  attempt: (item: T) => MaybePromise<U | null>,
  at = 0,
): MaybePromise<U | null> {
  const item = items[at];
  if (item === undefined) return null;
  return andThen(attempt(item), (result) => result ?? firstOf(items, attempt, at + 1));
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
