import type { IncomingMessage, ServerResponse } from 'node:http';
import { Server, type Socket } from 'node:net';

/**
 * Watches an HTTP server that does not listen yet. The function that it returns stops it: no new connections,
 * an end to those without a running answer, and to each other one after its answer. It resolves when all have
 * ended.
 */
export function gracefulStop(server: Server): () => Promise<void> {
  const sockets = new Set<Socket>();
  const answers = new Set<ServerResponse>();
  let isStopping = false;

  function endIdle(): void {
    const busy = new Set([...answers].map(({ req }) => req.socket));
    for (const socket of sockets) if (!busy.has(socket)) socket.destroySoon();
  }

  server.on('connection', (socket: Socket) => {
    sockets.add(socket);
    socket.once('close', () => sockets.delete(socket));
  });
  server.on('request', (req: IncomingMessage, res: ServerResponse) => {
    answers.add(res);
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
