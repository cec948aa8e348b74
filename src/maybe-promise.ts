/** A value, or the promise of one. Most files are at hand, and waiting for what is there costs a request a tenth of its time. */
export type MaybePromise<T> = T | PromiseLike<T>;

/** Whether a value is yet to come. */
export function isPromise<T>(value: MaybePromise<T>): value is PromiseLike<T> {
  return typeof (value as { then?: unknown } | null | undefined)?.then === 'function';
}

/** Goes on with a value: at once if it is there, later if it is promised. */
export function andThen<T, U>(value: MaybePromise<T>, next: (value: T) => MaybePromise<U>): MaybePromise<U> {
  return isPromise(value) ? value.then(next) : next(value);
}
