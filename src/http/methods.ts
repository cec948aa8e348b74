import type { Answer, SharedRequest } from '../types';
import { plainResponse } from './plain-response';

/** Whether a request only reads. Files respond to no other method. */
export function isGetOrHead({ method }: SharedRequest): boolean {
  return method === 'GET' || method === 'HEAD';
}

/** The response to a request that would change a file (RFC 9110 §15.5.6). */
export function methodNotAllowed(): Answer {
  return plainResponse(405, 'Allow', 'GET, HEAD');
}
