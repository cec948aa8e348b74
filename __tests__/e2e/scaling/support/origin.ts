import type { IncomingHttpHeaders, IncomingMessage, RequestListener, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { serve } from '../../../support/server';

/** A request that has reached the origin, and the status of its response. */
export interface Exchange {
  readonly method: string | undefined;
  readonly target: string | undefined;
  readonly headers: IncomingHttpHeaders;
  readonly status: number;
}

/** An origin that records its requests. */
export interface Origin {
  readonly port: number;
  /** The requests since the last call of `forget`. */
  exchanges(): Exchange[];
  /** Clears the recorded requests. */
  forget(): void;
  /** The number of bytes sent, including headers. */
  bytesSent(): number;
  /** Handles the following requests. */
  listener: RequestListener;
}

/** Starts an origin. It is stopped after the test. */
export async function serveOrigin(listener: RequestListener): Promise<Origin> {
  let recorded: [IncomingMessage, ServerResponse][] = [];
  const sockets = new Set<Socket>();
  const { port } = await serve((req, res) => {
    recorded.push([req, res]);
    sockets.add(req.socket);
    origin.listener(req, res);
  });
  const origin: Origin = {
    port,
    listener,
    exchanges: () =>
      recorded.map(([{ method, url, headers }, { statusCode }]) => ({
        method,
        target: url,
        headers,
        status: statusCode,
      })),
    forget: () => {
      recorded = [];
    },
    bytesSent: () => [...sockets].reduce((sum, { bytesWritten }) => sum + bytesWritten, 0),
  };
  return origin;
}
