import { Socket } from 'node:net';
import { unavailableError } from '../http/unavailable';
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
 * a directory may be found later than that of the next request. The wait is limited: middleware in front may have
 * passed on the requests in another order, and then each of two responses would wait for the other.
 */
export class Turns {
  /** For each connection, the turns that have not ended, by the arrival of their requests. */
  readonly #pending = new WeakMap<Socket, Map<number, Promise<void>>>();
  readonly #timeout: number;
  #arrivals = 0;

  /** @param timeout how long a page may wait for those before it, in milliseconds */
  constructor(timeout: number) {
    this.#timeout = timeout;
  }

  /** The place of a request in the order of arrival. */
  arrival(): number {
    return ++this.#arrivals;
  }

  /**
   * @param connection what the request arrived on; without one, nothing is known about other requests
   * @param arrival the place of the request in the order of arrival
   * @throws an error with the status 503 if the pages before were not sent in time
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
    const end = (): void => {
      unsubscribe();
      pending.delete(arrival);
      finish();
    };
    if (previous !== undefined && !(await endsInTime(previous, this.#timeout))) {
      void previous.then(end); // The pages after this one still wait for those before it.
      throw unavailableError('the listings that the client requested before were not sent in time');
    }
    return { signal, end };
  }
}

/** Whether a turn ends within a number of milliseconds. */
function endsInTime(turn: Promise<void>, milliseconds: number): Promise<boolean> {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, milliseconds, false);
    void turn.then(() => {
      clearTimeout(timer);
      resolve(true);
    });
  });
}
