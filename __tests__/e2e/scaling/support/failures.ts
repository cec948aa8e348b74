import type { RequestListener } from 'node:http';

/** A status, or an origin that closes the connection. */
export type Failure = 500 | 503 | 'a closed connection';

/** An origin with this failure. */
export function failingWith(failure: Failure): RequestListener {
  return typeof failure === 'number' ? failing(failure) : closing;
}

/** An application that responds to every request with the status. */
export function failing(status: number, headers: Record<string, string> = {}): RequestListener {
  return (_req, res) => {
    res.writeHead(status, { ...headers, 'Content-Length': '6' });
    res.end('FAILED');
  };
}

const closing: RequestListener = (req) => {
  req.socket.destroy();
};
