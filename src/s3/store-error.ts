/**
 * The store has failed. The message is all that a client may come to see, and tells nothing of the store: its own errors
 * name buckets, endpoints and keys, and repeat what was signed. For the operator's log, they are the `cause`, which
 * is not enumerable, so that no framework sends it along.
 */
export class StoreError extends Error {
  readonly status: 503 | 504;

  constructor(status: 503 | 504, message: string, cause?: unknown) {
    super(message, cause === undefined ? undefined : { cause });
    this.status = status;
  }
}

/** The object that was to be read is no longer the one that is in the store. */
export class Replaced extends StoreError {
  constructor(cause?: unknown) {
    super(503, 'the object was replaced before it was read', cause);
  }
}

/** An error of the client as one that may be shown. That access is denied is the operator's trouble, not the visitor's. */
export function storeError(error: unknown): StoreError {
  return error instanceof StoreError ? error : new StoreError(503, 'the object store has failed', error);
}

export function tooSlow(): StoreError {
  return new StoreError(504, 'the object store did not answer in time');
}

/** Whether the store says that it has no such object. That it has no such bucket is another matter. */
export function isMissing(error: unknown): boolean {
  return statusOf(error) === 404 && (error as Error).name !== 'NoSuchBucket';
}

/** Whether the store says that the object is another, or shorter than it was (RFC 9110 §13.1.1, §15.5.17). */
export function isReplaced(error: unknown): boolean {
  return isMissing(error) || statusOf(error) === 412 || statusOf(error) === 416;
}

function statusOf(error: unknown): number | undefined {
  return (error as { $metadata?: { httpStatusCode?: number } } | null | undefined)?.$metadata?.httpStatusCode;
}
