import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Server, Socket } from 'node:net';

/** How long, in milliseconds, a new connection stays open for its first request while the server stops. */
const FIRST_REQUEST_TIMEOUT_MS = 500;

/** A server of `node:http` or `node:https`. */
export interface HttpServer extends Server {
  closeIdleConnections: () => void;
}

/**
 * Prepares an HTTP server, which must not listen yet, for a graceful stop.
 *
 * The returned function stops the server. It accepts no new connections and closes the idle ones. A
 * connection with a pending response is closed after that response, and a new connection still gets the time
 * for its first request.
 *
 * @returns a function whose promise resolves when all connections have been closed
 */
export function gracefulStop(server: HttpServer): () => Promise<void> {
  const sockets = new Map<string, Socket>();
  const pending = new Set<ServerResponse>();
  /** New connections, whose first request may be on its way. */
  const fresh = new Set<Socket>();
  let isStopping = false;

  function closeIdle(): void {
    const busy = new Set([...pending].map(({ req }) => req.socket));
    for (const socket of sockets.values()) if (!busy.has(socket) && !fresh.has(socket)) socket.destroySoon();
  }

  function expire(socket: Socket): void {
    if (fresh.delete(socket) && isStopping) closeIdle();
  }

  function watch(socket: Socket): void {
    const key = connectionKey(socket);
    sockets.set(key, socket);
    fresh.add(socket);
    const timer = setTimeout(expire, FIRST_REQUEST_TIMEOUT_MS, socket);
    socket.once('close', () => {
      if (sockets.get(key) === socket) sockets.delete(key);
      fresh.delete(socket);
      clearTimeout(timer);
    });
  }

  server.on('connection', watch);
  // With HTTPS, the TLS socket replaces the TCP socket that it runs on.
  server.on('secureConnection', watch);
  server.on('request', (req: IncomingMessage, res: ServerResponse) => {
    pending.add(res);
    fresh.delete(req.socket);
    res.once('close', () => {
      pending.delete(res);
      if (isStopping) closeIdle();
    });
  });
  // `close` calls this, and it cuts off a response that has been passed to Node but not been sent yet.
  server.closeIdleConnections = () => undefined;
  return () => {
    isStopping = true;
    return new Promise((resolve) => {
      server.close(() => {
        resolve();
      });
      closeIdle();
    });
  };
}

/** A key that no other connection of the same server has. A TLS socket has the key of its TCP socket. */
function connectionKey({ localAddress, localPort, remoteAddress, remotePort }: Socket): string {
  return [localAddress, localPort, remoteAddress, remotePort].join(' ');
}
