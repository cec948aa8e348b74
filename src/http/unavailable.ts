/** Seconds after which a client may retry that gets 503 (RFC 9110 §10.2.3). */
export const RETRY_AFTER = '1';

/** An error with the status 503. The error handlers of frameworks send its status and header fields. */
export function unavailableError(message: string): Error {
  return Object.assign(new Error(message), {
    status: 503,
    statusCode: 503,
    headers: { 'Retry-After': RETRY_AFTER },
  });
}
