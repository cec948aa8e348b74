/** What is needed of a worker of `node:cluster`. */
export interface WorkerProcess {
  once(event: 'listening', listener: (address: { readonly port: number }) => void): unknown;
  once(event: 'exit', listener: (code: number | null) => void): unknown;
  /** Tells it to stop when its last answer has been sent; an error, when it is gone already, goes to the callback. */
  send(message: 'stop', callback: (error: Error | null) => void): unknown;
}

/** Milliseconds before a worker that died is replaced, at first and at the most. */
const SHORTEST_WAIT = 100;
const LONGEST_WAIT = 10_000;

/** Who lived for so many milliseconds died of something else than its start. */
const GROWN_UP_AFTER = 10_000;

/** Keeps a number of workers alive until they are to stop. */
export class Workers {
  readonly #fork: () => WorkerProcess;
  readonly #complain: (line: string) => void;
  readonly #serving = new Set<WorkerProcess>();
  /** For each that has begun and not ended, that it ends. */
  readonly #ends = new Set<Promise<void>>();
  readonly #timers = new Set<NodeJS.Timeout>();
  #wait = SHORTEST_WAIT;
  #isStopping = false;

  /**
   * @param fork starts a worker
   * @param complain takes lines about workers that died
   */
  constructor(fork: () => WorkerProcess, complain: (line: string) => void) {
    this.#fork = fork;
    this.#complain = complain;
  }

  /**
   * Starts so many. Resolves with the port that they listen on, or null where the first cannot, which has said why.
   */
  async start(count: number): Promise<number | null> {
    const port = await this.#begin();
    if (port === null || this.#isStopping) return port;
    await Promise.all(Array.from({ length: count - 1 }, () => this.#begin()));
    return port;
  }

  /** One worker after the other is replaced by a new one, and stops when that listens. None is, if the new one dies. */
  async restart(): Promise<void> {
    for (const old of [...this.#serving]) {
      if (this.#isStopping) return;
      if ((await this.#begin()) === null) {
        this.#complain('a new worker did not start; the old ones go on');
        return;
      }
      this.#retire(old);
    }
  }

  /** Stops all of them, and resolves when they have ended. */
  async stop(): Promise<void> {
    this.#isStopping = true;
    for (const timer of this.#timers) clearTimeout(timer);
    for (const worker of this.#serving) this.#retire(worker);
    await Promise.all(this.#ends);
  }

  /** Resolves when a new worker listens, or with null if it dies before. */
  #begin(): Promise<number | null> {
    const worker = this.#fork();
    const begunAt = Date.now();
    return new Promise((listens) => {
      const end = new Promise<void>((ended) => {
        worker.once('exit', (code) => {
          listens(null);
          ended();
          this.#ends.delete(end);
          if (this.#serving.delete(worker)) this.#replace(code, Date.now() - begunAt);
        });
      });
      this.#ends.add(end);
      worker.once('listening', ({ port }) => {
        this.#serving.add(worker);
        listens(port);
        if (this.#isStopping) this.#retire(worker);
      });
    });
  }

  #retire(worker: WorkerProcess): void {
    this.#serving.delete(worker);
    worker.send('stop', () => undefined);
  }

  /** What kills a worker at once would kill its successor too: each waits twice as long as the one before. */
  #replace(code: number | null, age: number): void {
    if (this.#isStopping) return;
    this.#wait = age < GROWN_UP_AFTER ? Math.min(2 * this.#wait, LONGEST_WAIT) : SHORTEST_WAIT;
    this.#complain(`a worker ended with ${code ?? 'a signal'}; another starts in ${this.#wait} ms`);
    const timer = setTimeout(() => {
      this.#timers.delete(timer);
      void this.#begin().then((port) => {
        if (port === null) this.#replace(null, 0);
      });
    }, this.#wait);
    this.#timers.add(timer);
  }
}
