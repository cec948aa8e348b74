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

/** The first result that is not null. An item is tried only if all before it have none. */
export function firstOf<T, U>(
  items: readonly T[],
  attempt: (item: T) => MaybePromise<U | null>,
): MaybePromise<U | null> {
  for (const [index, item] of items.entries()) {
    const result = attempt(item);
    if (isPromise(result)) return result.then((later) => later ?? firstOf(items.slice(index + 1), attempt));
    if (result !== null) return result;
  }
  return null;
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
