import type { SharedRequest } from '../types';

/** Statuses of responses without content, or with a part of it. */
const WITHOUT_WHOLE_CONTENT: ReadonlySet<number> = new Set([204, 205, 206, 304]);

/**
 * The request as `answer` gets it if code in front has set a status, such as 404 for an error page. A status
 * that a whole file cannot be sent with is ignored.
 */
export function withStatusInFront(request: SharedRequest, status: number): SharedRequest {
  if (!(status > 200) || WITHOUT_WHOLE_CONTENT.has(status)) return request;
  return Object.create(request, { responseStatus: { value: status } }) as SharedRequest;
}
