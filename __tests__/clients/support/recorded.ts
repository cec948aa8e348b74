import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';
import { serve } from '../../support/server';

/** A request and how it was answered. */
export interface Exchange {
  readonly target: string | undefined;
  readonly range: string | undefined;
  readonly status: number;
}

/** A server that remembers what it was asked and has answered. */
export async function serveRecorded(
  listener: RequestListener,
): Promise<{ origin: string; exchanges: () => Exchange[] }> {
  const pairs: [IncomingMessage, ServerResponse][] = [];
  const { origin } = await serve((req, res) => {
    pairs.push([req, res]);
    listener(req, res);
  });
  const exchanges = () =>
    pairs
      .filter(([, res]) => res.headersSent)
      .map(([req, res]) => ({ target: req.url, range: req.headers.range, status: res.statusCode }));
  return { origin, exchanges };
}
