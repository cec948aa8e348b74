import { andThen, ignoreRejection, orElse, type MaybePromise } from './maybe-promise';

/** Something that must be closed after use: a file, or an answer whose body is read from one. */
export interface Resource {
  close?(): void | Promise<void>;
}

/** Calls `use`, then closes the resource, also if `use` failed. */
export function withResource<T>(resource: Resource, use: () => MaybePromise<T>): MaybePromise<T> {
  return andThen(closeOnError(resource, use), (result) => andThen(resource.close?.(), () => result));
}

/** Calls `make`, whose result closes the resource. If `make` fails, the resource is closed here. */
export function closeOnError<T>(resource: Resource, make: () => MaybePromise<T>): MaybePromise<T> {
  if (resource.close === undefined) return make();
  return orElse(make, (error) =>
    andThen(resource.close?.(), () => {
      throw error;
    }),
  );
}

/**
 * Closes a resource after its response has ended. An error of `close`, such as EIO of a mount that is gone, can
 * no longer reach a client, and must not end the process.
 */
export function closeQuietly(resource: Resource): void {
  ignoreRejection(
    orElse(
      () => resource.close?.(),
      () => undefined,
    ),
  );
}
