import { WITHOUT_WHOLE_CONTENT, type SharedRequest } from '../types';

/**
 * The request as `answer` gets it if code in front has set a status, such as 404 for an error page. A status
 * that a whole file cannot be sent with is ignored.
 */
export function withStatusInFront(request: SharedRequest, status: number): SharedRequest {
  return status > 200 && !WITHOUT_WHOLE_CONTENT.has(status) ? withResponseStatus(request, status) : request;
}

/** The same request with another status, or without one. */
export function withResponseStatus(request: SharedRequest, status: number | undefined): SharedRequest {
  return Object.create(request, { responseStatus: { value: status } }) as SharedRequest;
}
