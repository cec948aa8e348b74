import type { ServerResponse } from 'node:http';
import { http2Stream } from './http2-stream';

/** The HTTP/2 error code INTERNAL_ERROR (RFC 9113 §7). */
const INTERNAL_ERROR = 2;

/**
 * Ends a response so that the client sees that it is incomplete. With HTTP/1.1, the connection is closed.
 * With HTTP/2, the stream is reset: one that is only destroyed ends without an error, and looks complete.
 */
export function abortResponse(res: ServerResponse): void {
  const stream = http2Stream(res);
  if (stream === undefined) res.destroy();
  else stream.close(INTERNAL_ERROR);
}
