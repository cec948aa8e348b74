/**
 * Seconds after which a client may retry when the process has no descriptors left, or a disk does not respond
 * (RFC 9110 §10.2.3).
 */
export const RETRY_AFTER = '1';
