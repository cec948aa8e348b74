import type { ServerResponse } from 'node:http';
import type { ServerHttp2Stream } from 'node:http2';

/** The stream of a response of HTTP/2, or undefined with HTTP/1.1. */
export function http2Stream(res: ServerResponse): ServerHttp2Stream | undefined {
  return (res as { stream?: ServerHttp2Stream }).stream;
}
