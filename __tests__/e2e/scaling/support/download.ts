import { request, type IncomingMessage } from 'node:http';

/** The part of a file that a client has received. */
interface Progress {
  chunks: Buffer[];
  length: number;
  /** The ETag of the version. */
  etag: string | undefined;
  isComplete: boolean;
}

/** A downloaded file, and the number of further requests that it required. */
export interface Downloaded {
  readonly content: Buffer;
  readonly retries: number;
}

/** A limit that makes the test fail instead of hang. */
const MAX_RETRIES = 2_000;

/** Downloads a file, and resumes interrupted downloads with Range and If-Range. */
export async function download(
  port: number,
  path: string,
  onBytes: (bytes: number) => void,
): Promise<Downloaded> {
  const progress: Progress = { chunks: [], length: 0, etag: undefined, isComplete: false };
  for (let retries = 0; retries < MAX_RETRIES; retries++) {
    await attempt(port, path, progress, onBytes);
    if (progress.isComplete) return { content: Buffer.concat(progress.chunks), retries };
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
  throw new Error(`${path} was not complete after ${MAX_RETRIES} requests`);
}

function attempt(
  port: number,
  path: string,
  progress: Progress,
  onBytes: (bytes: number) => void,
): Promise<void> {
  const { length, etag } = progress;
  const headers = etag === undefined || length === 0 ? {} : { Range: `bytes=${length}-`, 'If-Range': etag };
  return new Promise((resolve, reject) => {
    const clientRequest = request({ port, host: '127.0.0.1', path, headers, agent: false }, (res) => {
      if (!accept(res, progress)) {
        res.resume().on('close', resolve);
        res.on('error', () => undefined);
        if ((res.statusCode ?? 0) < 500) reject(new Error(`${path}: ${res.statusCode ?? ''}`));
        return;
      }
      res.on('data', (chunk: Buffer) => {
        progress.chunks.push(chunk);
        progress.length += chunk.length;
        onBytes(chunk.length);
      });
      res.on('end', () => {
        progress.isComplete = res.complete;
      });
      res.on('error', () => undefined); // truncated: 'close' follows
      res.on('close', resolve);
    });
    clientRequest.on('error', () => {
      resolve(); // connection refused
    });
    clientRequest.end();
  });
}

/** True if a response continues the download. A 200 starts it again. */
function accept({ statusCode, headers }: IncomingMessage, progress: Progress): boolean {
  const isContinuation =
    statusCode === 206 &&
    headers.etag === progress.etag &&
    headers['content-range']?.startsWith(`bytes ${progress.length}-`) === true;
  if (statusCode === 200) {
    // If-Range requires a strong ETag (RFC 9110 §13.1.5).
    const etag = headers.etag?.startsWith('"') === true ? headers.etag : undefined;
    Object.assign(progress, { chunks: [], length: 0, etag });
  }
  return isContinuation || statusCode === 200;
}
