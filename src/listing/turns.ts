import { Socket } from 'node:net';
import { onSocketClose } from '../send/socket-close';

/** The time in which a page is made and sent. */
export interface Turn {
  /** Aborts when the connection is closed. */
  readonly signal: AbortSignal;
  /** Must be called when the page has been sent or abandoned. */
  end(): void;
}

/**
 * Pages for one connection are made and sent one after the other. Those for hundreds of pipelined requests would
 * otherwise wait in memory for a client that reads none (RFC 9112 §9.3.2).
 */
export class Turns {
  /** For each connection, a promise that resolves when its last turn has ended. */
  readonly #ends = new WeakMap<Socket, Promise<void>>();

  /** @param connection what the request arrived on; without one, nothing is known about other requests */
  async next(connection: object | undefined): Promise<Turn> {
    const controller = new AbortController();
    const { signal } = controller;
    if (!(connection instanceof Socket)) return { signal, end: () => undefined };
    const previous = this.#ends.get(connection);
    let finish = (): void => undefined;
    this.#ends.set(connection, new Promise((resolve) => (finish = resolve)));
    const unsubscribe = onSocketClose(connection, () => {
      controller.abort();
      finish();
    });
    await previous;
    const end = (): void => {
      unsubscribe();
      finish();
    };
    return { signal, end };
  }
}
