import { ServerResponse } from 'node:http';
import { Readable } from 'node:stream';
import { mergeHeaders } from '../http/header-fields';
import type { Answer, RecyclingStream } from '../types';
import type { MaybePromise } from '../util/maybe-promise';
import { abortResponse } from './abort-response';
import { http2Stream } from './http2-stream';
import { headersFor, isPatched, writeHead } from './patched-response';
import { onResponseEnd } from './socket-close';

/**
 * Sends an answer. The promise resolves when the whole body has been passed on, or when the client has
 * disconnected.
 */
export function send(answer: Answer, res: ServerResponse): MaybePromise<void> {
  const { status, body, latin1 } = answer;
  if (res.headersSent) {
    // Other code has responded in the meantime, as one that limits the time does.
    if (body instanceof Readable) body.destroy();
    return;
  }
  const headers = headersFor(answer, res);
  const hasHeaders = res.getHeaderNames().length > 0;
  writeHead(res, status, hasHeaders ? mergeHeaders(headers, answer, res) : headers);
  if (body instanceof Readable) return sendStream(body, res);
  // An overridden `answer` may have replaced the body.
  if (latin1?.bytes === body && isPlain(res)) res.end(latin1.text, 'latin1');
  else res.end(body);
}

/**
 * Whether a response is one of HTTP/1.1 whose methods are Node's. It then passes a string to the connection
 * together with the header section, and bytes separately. Replaced methods expect bytes.
 */
function isPlain(res: ServerResponse): boolean {
  return res.end === ServerResponse.prototype.end && res.write === ServerResponse.prototype.write;
}

/** If the stream fails, the response must not look complete: it is aborted. */
function sendStream(body: Readable, res: ServerResponse): Promise<void> {
  return new Promise((resolve) => {
    onResponseEnd(res, () => {
      body.destroy();
      resolve();
    });
    body.on('error', () => {
      abortResponse(res);
    });
    // A replaced `write` may keep the chunks, as a cache does.
    if (isRecycling(body) && !isPatched(res, 'write')) pipeRecycling(body, res);
    else body.pipe(res);
  });
}

function isRecycling(body: Readable): body is RecyclingStream {
  return 'recycle' in body;
}

/** Like `pipe`. Each chunk is recycled when it has been written. */
function pipeRecycling(body: RecyclingStream, res: ServerResponse): void {
  body.on('data', (chunk: Buffer) => {
    const canContinue = res.write(chunk, (error) => {
      // Node reports no error for a chunk that it drops with a closed HTTP/2 stream. It may still send a part of it.
      if (!error && http2Stream(res)?.destroyed !== true) body.recycle(chunk);
    });
    if (!canContinue) body.pause();
  });
  res.on('drain', () => body.resume());
  body.on('end', () => res.end());
}
