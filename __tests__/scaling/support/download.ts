import { request, type IncomingMessage } from 'node:http';

/** What a client has of a file. */
interface Progress {
  chunks: Buffer[];
  length: number;
  /** The tag of the version that it is of. */
  etag: string | undefined;
  isWhole: boolean;
}

/** A file, and how often it took another request. */
export interface Downloaded {
  readonly content: Buffer;
  readonly retries: number;
}

/** A file should come before this many requests: one that never comes is to fail the test and not to hang it. */
const MOST_RETRIES = 2_000;

/** Downloads a file as patient clients do: what was cut short goes on with Range and If-Range. */
export async function download(
  port: number,
  path: string,
  received: (bytes: number) => void,
): Promise<Downloaded> {
  const progress: Progress = { chunks: [], length: 0, etag: undefined, isWhole: false };
  for (let retries = 0; retries < MOST_RETRIES; retries++) {
    await attempt(port, path, progress, received);
    if (progress.isWhole) return { content: Buffer.concat(progress.chunks), retries };
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
  throw new Error(`${path} did not come, asked ${MOST_RETRIES} times`);
}

function attempt(
  port: number,
  path: string,
  progress: Progress,
  received: (bytes: number) => void,
): Promise<void> {
  const { length, etag } = progress;
  const headers = etag === undefined || length === 0 ? {} : { Range: `bytes=${length}-`, 'If-Range': etag };
  return new Promise((resolve, reject) => {
    const asked = request({ port, host: '127.0.0.1', path, headers, agent: false }, (res) => {
      if (!accept(res, progress)) {
        res.resume().on('close', resolve);
        res.on('error', () => undefined);
        if ((res.statusCode ?? 0) < 500) reject(new Error(`${path}: ${res.statusCode ?? ''}`));
        return;
      }
      res.on('data', (chunk: Buffer) => {
        progress.chunks.push(chunk);
        progress.length += chunk.length;
        received(chunk.length);
      });
      res.on('end', () => {
        progress.isWhole = res.complete;
      });
      res.on('error', () => undefined); // cut short: 'close' comes next
      res.on('close', resolve);
    });
    asked.on('error', () => {
      resolve(); // nobody listens
    });
    asked.end();
  });
}

/** Whether an answer has what is wanted. A 200 is another beginning. */
function accept({ statusCode, headers }: IncomingMessage, progress: Progress): boolean {
  const isRest =
    statusCode === 206 &&
    headers.etag === progress.etag &&
    headers['content-range']?.startsWith(`bytes ${progress.length}-`) === true;
  if (statusCode === 200) {
    // Only a strong tag is good for If-Range (RFC 9110 §13.1.5).
    const etag = headers.etag?.startsWith('"') === true ? headers.etag : undefined;
    Object.assign(progress, { chunks: [], length: 0, etag });
  }
  return isRest || statusCode === 200;
}
