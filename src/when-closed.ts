import type { Socket } from 'node:net';

const waiting = new WeakMap<Socket, Set<() => void>>();

/**
 * Calls back when a connection is closed, or soon if it is already; returns the way to call that off.
 *
 * Node tells a response that its connection has gone only when it is that response's turn. One that waits behind
 * another on a pipelined connection never hears of it, and would keep its file open for good.
 */
export function whenClosed(socket: Socket, callback: () => void): () => void {
  if (socket.destroyed) {
    queueMicrotask(callback);
    return () => undefined;
  }
  const callbacks = waiting.get(socket) ?? watch(socket);
  callbacks.add(callback);
  return () => callbacks.delete(callback);
}

/** One listener a connection, however many answers wait on it. */
function watch(socket: Socket): Set<() => void> {
  const callbacks = new Set<() => void>();
  waiting.set(socket, callbacks);
  socket.once('close', () => {
    for (const callback of callbacks) callback();
  });
  return callbacks;
}
