import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';
import { serve } from '../../../support/server';

/** A request and the status of its response. */
export interface Exchange {
  readonly target: string | undefined;
  readonly range: string | undefined;
  readonly status: number;
}

/** Starts a server that records its requests and responses. */
export async function serveRecorded(
  listener: RequestListener,
): Promise<{ origin: string; exchanges: () => Exchange[] }> {
  const recorded: [IncomingMessage, ServerResponse][] = [];
  const { origin } = await serve((req, res) => {
    recorded.push([req, res]);
    listener(req, res);
  });
  const exchanges = () =>
    recorded
      .filter(([, res]) => res.headersSent)
      .map(([req, res]) => ({ target: req.url, range: req.headers.range, status: res.statusCode }));
  return { origin, exchanges };
}
