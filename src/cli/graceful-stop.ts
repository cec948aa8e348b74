import type { IncomingMessage, ServerResponse } from 'node:http';
import { Server, type Socket } from 'node:net';

/** Milliseconds that a new connection has for its first request. */
const FRESH_FOR = 500;

/**
 * Watches an HTTP server that does not listen yet. The function that it returns stops it: no new connections,
 * an end to those without a running answer, and to each other one after its answer. One that has just come may ask yet. It resolves when all have
 * ended.
 */
export function gracefulStop(server: Server): () => Promise<void> {
  const sockets = new Map<string, Socket>();
  const answers = new Set<ServerResponse>();
  /** Connections that have just come, whose first request may be on its way. */
  const fresh = new Set<Socket>();
  let isStopping = false;

  function endIdle(): void {
    const busy = new Set([...answers].map(({ req }) => req.socket));
    for (const socket of sockets.values()) if (!busy.has(socket) && !fresh.has(socket)) socket.destroySoon();
  }

  function noLongerFresh(socket: Socket): void {
    if (fresh.delete(socket) && isStopping) endIdle();
  }

  function watch(socket: Socket): void {
    const ends = endsOf(socket);
    sockets.set(ends, socket);
    fresh.add(socket);
    const timer = setTimeout(noLongerFresh, FRESH_FOR, socket);
    socket.once('close', () => {
      if (sockets.get(ends) === socket) sockets.delete(ends);
      fresh.delete(socket);
      clearTimeout(timer);
    });
  }

  server.on('connection', watch);
  // With HTTPS, the encrypted connection takes the place of the plain one that it runs on.
  server.on('secureConnection', watch);
  server.on('request', (req: IncomingMessage, res: ServerResponse) => {
    answers.add(res);
    fresh.delete(req.socket);
    res.once('close', () => {
      answers.delete(res);
      if (isStopping) endIdle();
    });
  });
  return () => {
    isStopping = true;
    return new Promise((resolve) => {
      // The close() of HTTP servers cuts off an answer that has been handed over, but not been sent yet.
      Server.prototype.close.call(server, () => {
        resolve();
      });
      endIdle();
    });
  };
}

/** What no other connection of the same server has in common with this one. */
function endsOf({ localAddress, localPort, remoteAddress, remotePort }: Socket): string {
  return [localAddress, localPort, remoteAddress, remotePort].join(' ');
}
