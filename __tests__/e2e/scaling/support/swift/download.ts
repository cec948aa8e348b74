import { createHash } from 'node:crypto';
import { Agent, get, type IncomingMessage } from 'node:http';
import { setTimeout } from 'node:timers/promises';

/** The result of a download. */
export interface Downloaded {
  readonly sha256: string;
  /** The number of requests. */
  readonly requests: number;
}

/** A limit that makes the test fail instead of hang. */
const MAX_REQUESTS = 500;

/**
 * Downloads a file, and resumes interrupted downloads with Range and If-Range (RFC 9110 §13.1.5). If the file
 * has changed, the download starts again. `onBytes` is called for each chunk.
 */
export async function download(url: string, onBytes: () => unknown = () => undefined): Promise<Downloaded> {
  const agent = new Agent({ keepAlive: false });
  const chunks: Buffer[] = [];
  let etag: string | undefined;
  for (let requests = 1; requests <= MAX_REQUESTS; requests++) {
    try {
      const response = await sendRequest(url, agent, chunks.length === 0 ? {} : rangeHeaders(chunks, etag));
      const isContent = response.statusCode === 200 || response.statusCode === 206;
      if (isContent) etag = response.headers.etag;
      if (response.statusCode === 200) chunks.length = 0;
      for await (const chunk of response as AsyncIterable<Buffer>) {
        if (isContent) chunks.push(chunk);
        await onBytes();
      }
      if (isContent) return { sha256: sha256(Buffer.concat(chunks)), requests };
    } catch {
      // interrupted: the next request resumes the download
    }
    await setTimeout(100);
  }
  throw new Error(`${url} was not complete after ${MAX_REQUESTS} requests`);
}

export function sha256(content: Uint8Array): string {
  return createHash('sha256').update(content).digest('hex');
}

function rangeHeaders(chunks: readonly Buffer[], etag: string | undefined): Record<string, string> {
  const received = chunks.reduce((sum, { length }) => sum + length, 0);
  return { Range: `bytes=${received}-`, 'If-Range': etag ?? '' };
}

function sendRequest(url: string, agent: Agent, headers: Record<string, string>): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    get(url, { agent, headers }, resolve).on('error', reject);
  });
}
