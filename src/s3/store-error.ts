/**
 * An error of the store. Clients may see the message, so it reveals nothing about the store: the store's own
 * errors name buckets, endpoints and keys, and repeat signed data. For logs, the original error is the
 * `cause`, which is not enumerable, so that no framework sends it.
 */
export class StoreError extends Error {
  readonly status: 503 | 504;

  constructor(status: 503 | 504, message: string, cause?: unknown) {
    super(message, cause === undefined ? undefined : { cause });
    this.status = status;
  }
}

/**
 * The object was replaced since its metadata was read. The code `ESTALE` makes the middleware open it again.
 */
export class ObjectReplacedError extends StoreError {
  readonly code = 'ESTALE';

  constructor(cause?: unknown) {
    super(503, 'the object was replaced before it was read', cause);
  }
}

/**
 * An error of the S3 client as one that clients may see. AccessDenied is a configuration error: respond with
 * 503.
 */
export function storeError(error: unknown): StoreError {
  return error instanceof StoreError ? error : new StoreError(503, 'the object store has failed', error);
}

export function timeoutError(): StoreError {
  return new StoreError(504, 'the object store did not answer in time');
}

/** Whether the store has no such object. A missing bucket is a configuration error. */
export function isMissingError(error: unknown): boolean {
  return statusOf(error) === 404 && (error as Error).name !== 'NoSuchBucket';
}

/** Whether the object was replaced, or is shorter than before (RFC 9110 §13.1.1, §15.5.17). */
export function isReplacedError(error: unknown): boolean {
  return isMissingError(error) || statusOf(error) === 412 || statusOf(error) === 416;
}

function statusOf(error: unknown): number | undefined {
  return (error as { $metadata?: { httpStatusCode?: number } } | null | undefined)?.$metadata?.httpStatusCode;
}
