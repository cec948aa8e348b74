import type { ServerResponse } from 'node:http';
import type { ServerHttp2Stream } from 'node:http2';

/** INTERNAL_ERROR (RFC 9113 §7). */
const INTERNAL_ERROR = 2;

/**
 * Ends an answer so that its client sees that it is not whole: HTTP/1.1 by the end of the connection. With HTTP/2, a
 * stream that is just destroyed ends without an error, and looks whole.
 */
export function breakOff(res: ServerResponse): void {
  const { stream } = res as { stream?: ServerHttp2Stream };
  if (stream === undefined) res.destroy();
  else stream.close(INTERNAL_ERROR);
}
