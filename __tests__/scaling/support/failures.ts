import type { RequestListener } from 'node:http';

/** A status, or an origin that hangs up. */
export type Failure = 500 | 503 | 'a connection that breaks';

/** An origin that fails in this way. */
export function failingWith(failure: Failure): RequestListener {
  return typeof failure === 'number' ? failing(failure) : breaking;
}

/** An application that answers everything with a status. */
export function failing(status: number, headers: Record<string, string> = {}): RequestListener {
  return (_req, res) => {
    res.writeHead(status, { ...headers, 'Content-Length': '6' });
    res.end('FAILED');
  };
}

const breaking: RequestListener = (req) => {
  req.socket.destroy();
};
