import type { ServerResponse } from 'node:http';
import { finished, Readable } from 'node:stream';
import { breakOff } from './break-off';
import { FileStream } from './files/file-stream';
import { fieldPairs, type Answer, type HeaderFields } from './http/answer';
import type { MaybePromise } from './maybe-promise';
import { whenClosed } from './when-closed';

/** Fields that describe the content of an answer; one that was set before for another content must not stay. */
const ABOUT_CONTENT = new Set([
  'accept-ranges',
  'content-encoding',
  'content-language',
  'content-length',
  'content-location',
  'content-range',
  'content-type',
  'etag',
  'last-modified',
  'transfer-encoding',
]);

/** Sends an answer. The promise resolves when the body has been handed over whole or the client has gone. */
export function send({ status, headers, body }: Answer, res: ServerResponse): MaybePromise<void> {
  const set = res.getHeaderNames();
  res.writeHead(status, set.length === 0 || status >= 400 ? headers : besideOthers(headers, set, res));
  if (body instanceof Readable) return stream(body, res);
  res.end(body);
}

/** The fields that are sent beside those already on the response, which win unless they describe the content. */
function besideOthers(headers: HeaderFields, set: readonly string[], res: ServerResponse): HeaderFields {
  for (const name of set) if (ABOUT_CONTENT.has(name)) res.removeHeader(name);
  const kept: HeaderFields = [];
  for (const [name, value] of fieldPairs(headers)) {
    // A lifetime that was set before is not contradicted by our Expires (RFC 9111 §5.3).
    const settled = res.hasHeader(name) || (name === 'Expires' && res.hasHeader('Cache-Control'));
    if (name === 'Vary') kept.push(name, withVary(res.getHeader(name), value));
    else if (!settled) kept.push(name, value);
  }
  return kept;
}

/** A Vary that was set before says what else the answer depends on (RFC 9110 §12.5.5). */
function withVary(before: number | string | string[] | undefined, name: string): string {
  const names = String(before ?? '')
    .split(',')
    .map((one) => one.trim())
    .filter((one) => one !== '');
  const has = names.some((one) => one === '*' || one.toLowerCase() === name.toLowerCase());
  return (has ? names : [...names, name]).join(', ');
}

/** A body that fails half-way must not look whole: the connection ends without its last byte. */
function stream(body: Readable, res: ServerResponse): Promise<void> {
  return new Promise((resolve) => {
    const end = (): void => {
      callOff();
      body.destroy();
      resolve();
    };
    const callOff = whenClosed(res.req.socket, end);
    finished(res, end);
    body.on('error', () => {
      breakOff(res);
    });
    if (body instanceof FileStream) sendRecycling(body, res);
    else body.pipe(res);
  });
}

/** Like `pipe`, but each buffer goes back to its pool when the kernel has it. */
function sendRecycling(body: FileStream, res: ServerResponse): void {
  body.on('data', (chunk: Buffer) => {
    const takesMore = res.write(chunk, (error) => {
      if (!error) body.recycle(chunk);
    });
    if (!takesMore) body.pause();
  });
  res.on('drain', () => body.resume());
  body.on('end', () => res.end());
}
