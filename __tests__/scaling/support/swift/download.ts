import { createHash } from 'node:crypto';
import { Agent, get, type IncomingMessage } from 'node:http';
import { setTimeout } from 'node:timers/promises';

/** What a client has when it is done. */
export interface Downloaded {
  readonly sha256: string;
  /** How many requests it took. */
  readonly requests: number;
}

/** A client that has asked so often will never be done. */
const MOST_REQUESTS = 500;

/**
 * Downloads as a client that does not give up: what is missing is asked for with Range and If-Range (RFC 9110 §13.1.5),
 * and a file that has become another begins anew. `onBytes` is called at each piece.
 */
export async function download(url: string, onBytes: () => unknown = () => undefined): Promise<Downloaded> {
  const agent = new Agent({ keepAlive: false });
  const chunks: Buffer[] = [];
  let etag: string | undefined;
  for (let requests = 1; requests <= MOST_REQUESTS; requests++) {
    try {
      const response = await ask(url, agent, chunks.length === 0 ? {} : rest(chunks, etag));
      const isContent = response.statusCode === 200 || response.statusCode === 206;
      if (isContent) etag = response.headers.etag;
      if (response.statusCode === 200) chunks.length = 0;
      for await (const chunk of response as AsyncIterable<Buffer>) {
        if (isContent) chunks.push(chunk);
        await onBytes();
      }
      if (isContent) return { sha256: sha256(Buffer.concat(chunks)), requests };
    } catch {
      // broken off: the next request is for what is missing
    }
    await setTimeout(100);
  }
  throw new Error(`${url} was not whole after ${MOST_REQUESTS} requests`);
}

export function sha256(content: Uint8Array): string {
  return createHash('sha256').update(content).digest('hex');
}

function rest(chunks: readonly Buffer[], etag: string | undefined): Record<string, string> {
  const received = chunks.reduce((sum, { length }) => sum + length, 0);
  return { Range: `bytes=${received}-`, 'If-Range': etag ?? '' };
}

function ask(url: string, agent: Agent, headers: Record<string, string>): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    get(url, { agent, headers }, resolve).on('error', reject);
  });
}
