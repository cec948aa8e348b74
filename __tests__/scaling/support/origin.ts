import type { IncomingHttpHeaders, IncomingMessage, RequestListener, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { serve } from '../../support/server';

/** A request that has reached the origin, and its answer. */
export interface Exchange {
  readonly method: string | undefined;
  readonly target: string | undefined;
  readonly headers: IncomingHttpHeaders;
  readonly status: number;
}

/** An origin that remembers what it was asked. */
export interface Origin {
  readonly port: number;
  /** All that was asked since it was last forgotten. */
  exchanges(): Exchange[];
  /** Forgets what was asked. */
  forget(): void;
  /** Bytes that it has sent, with heads. */
  bytesSent(): number;
  /** Answers from now on. */
  listener: RequestListener;
}

/** Starts an origin, which is stopped after the test. */
export async function serveOrigin(listener: RequestListener): Promise<Origin> {
  let pairs: [IncomingMessage, ServerResponse][] = [];
  const sockets = new Set<Socket>();
  const { port } = await serve((req, res) => {
    pairs.push([req, res]);
    sockets.add(req.socket);
    origin.listener(req, res);
  });
  const origin: Origin = {
    port,
    listener,
    exchanges: () =>
      pairs.map(([{ method, url, headers }, { statusCode }]) => ({
        method,
        target: url,
        headers,
        status: statusCode,
      })),
    forget: () => {
      pairs = [];
    },
    bytesSent: () => [...sockets].reduce((sum, { bytesWritten }) => sum + bytesWritten, 0),
  };
  return origin;
}
