import type { MaybePromise } from '../maybe-promise';

/** What is to be closed when it is no longer used: a file, or an answer that is read from one. */
interface Closable {
  close?(): void | Promise<void>;
}

/** Uses something and closes it afterwards, however that went. */
export function whileOpen<T>(resource: Closable, use: () => MaybePromise<T>): MaybePromise<T> {
  return resource.close === undefined ? use() : useAndClose(resource, use);
}

async function useAndClose<T>(resource: Closable, use: () => MaybePromise<T>): Promise<T> {
  try {
    return await use();
  } finally {
    await resource.close?.();
  }
}

/** Makes something that will close the resource itself; closes it here only if that fails. */
export function closedOnError<T>(resource: Closable, make: () => MaybePromise<T>): MaybePromise<T> {
  return resource.close === undefined ? make() : makeOrClose(resource, make);
}

async function makeOrClose<T>(resource: Closable, make: () => MaybePromise<T>): Promise<T> {
  try {
    return await make();
  } catch (error) {
    await resource.close?.();
    throw error;
  }
}
