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
 *
 * Responses are sent in the order of their requests, so a turn waits only for those of requests that arrived before:
 * a directory may be found later than that of the next request.
 */
export class Turns {
  /** For each connection, the turns that have not ended, by the arrival of their requests. */
  readonly #pending = new WeakMap<Socket, Map<number, Promise<void>>>();
  #arrivals = 0;

  /** The place of a request in the order of arrival. */
  arrival(): number {
    return ++this.#arrivals;
  }

  /**
   * @param connection what the request arrived on; without one, nothing is known about other requests
   * @param arrival the place of the request in the order of arrival
   */
  async next(connection: object | undefined, arrival: number): Promise<Turn> {
    const controller = new AbortController();
    const { signal } = controller;
    if (!(connection instanceof Socket)) return { signal, end: () => undefined };
    const pending = this.#pending.get(connection) ?? new Map<number, Promise<void>>();
    this.#pending.set(connection, pending);
    const previous = pending.get(Math.max(...[...pending.keys()].filter((other) => other < arrival)));
    let finish = (): void => undefined;
    pending.set(arrival, new Promise((resolve) => (finish = resolve)));
    const unsubscribe = onSocketClose(connection, () => {
      controller.abort();
      finish();
    });
    await previous;
    const end = (): void => {
      unsubscribe();
      pending.delete(arrival);
      finish();
    };
    return { signal, end };
  }
}
