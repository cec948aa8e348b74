import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { finished } from 'node:stream';

const callbacksBySocket = new WeakMap<Socket, Set<() => void>>();

/**
 * Calls back when a connection is closed, or in the next microtask if it is already. Returns a function that
 * removes the callback.
 *
 * Node emits `close` on a response only if its connection closes while it is that response's turn. A response
 * that waits behind another one on a pipelined connection never gets the event, and its file would stay open
 * for good.
 */
export function onSocketClose(socket: Socket, callback: () => void): () => void {
  if (socket.destroyed) {
    queueMicrotask(callback);
    return () => undefined;
  }
  const callbacks = callbacksBySocket.get(socket) ?? watch(socket);
  callbacks.add(callback);
  return () => callbacks.delete(callback);
}

/** One listener per connection, however many responses wait on it. */
function watch(socket: Socket): Set<() => void> {
  const callbacks = new Set<() => void>();
  callbacksBySocket.set(socket, callbacks);
  socket.once('close', () => {
    for (const callback of callbacks) callback();
  });
  return callbacks;
}

/** Calls back once, when a response has been sent, or when its connection is closed. */
export function onResponseEnd(res: ServerResponse, callback: () => void): void {
  let hasEnded = false;
  const end = (): void => {
    if (hasEnded) return;
    hasEnded = true;
    unsubscribe();
    callback();
  };
  // Responses that are made without a connection, as for a serverless function, have no socket.
  const { socket } = (res.req as Partial<IncomingMessage> | undefined) ?? {};
  const unsubscribe = socket === undefined ? () => undefined : onSocketClose(socket, end);
  finished(res, end);
}
