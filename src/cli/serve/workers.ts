import cluster, { type Address, type Worker } from 'node:cluster';
import { once } from 'node:events';
import type { ServeCommand } from '../args/arguments';
import type { CliContext } from '../context';
import { printUrls } from './serve';

/**
 * Serves with several processes until `stop` aborts. SIGHUP replaces the processes one after the other,
 * without an interruption of the service.
 *
 * @returns the exit code: 1 if the first process cannot serve, which has then printed the reason
 */
export async function serveWithWorkers(
  command: ServeCommand,
  { stdout, stderr, stop }: CliContext,
): Promise<number> {
  const workers = new Workers(
    () => cluster.fork(),
    (line) => stderr.write(`shared-data: ${line}\n`),
  );
  const restart = (): void => void workers.restart();
  process.on('SIGHUP', restart);
  if (!command.isPortChosen) cluster.once('listening', chooseItsPort);
  try {
    const port = await workers.start(command.workers);
    if (port === null) return 1;
    printUrls(command, port, { stdout, stderr });
    if (!stop.aborted) await once(stop, 'abort');
    return 0;
  } finally {
    process.off('SIGHUP', restart);
    cluster.off('listening', chooseItsPort);
    await workers.stop();
  }
}

/** Makes all other workers listen on the port of the first one, also if another port has become free. */
function chooseItsPort(_first: Worker, { port }: Address): void {
  const { args = process.argv.slice(2) } = cluster.settings;
  cluster.setupPrimary({ args: ['--port', String(port), ...args] });
}

/** The part of `Worker` of `node:cluster` that {@link Workers} uses. */
export interface WorkerProcess {
  once(event: 'listening', listener: (address: { readonly port: number }) => void): unknown;
  once(event: 'exit', listener: (code: number | null) => void): unknown;
  /**
   * Asks the worker to stop once its last response has been sent. If the worker has already ended, the
   * callback gets the error.
   */
  send(message: 'stop', callback: (error: Error | null) => void): unknown;
}

/** The shortest and the longest time in milliseconds before a worker that ended is replaced. */
const MIN_BACKOFF_MS = 100;
const MAX_BACKOFF_MS = 10_000;

/** The end of a worker after a longer uptime is not a start-up failure: the back-off is reset. */
const MIN_UPTIME_MS = 10_000;

/** Runs a number of workers, and replaces those that end, until it is stopped. */
export class Workers {
  readonly #fork: () => WorkerProcess;
  readonly #warn: (line: string) => void;
  /** The workers that listen and have not been asked to stop. */
  readonly #serving = new Set<WorkerProcess>();
  /** A promise for each worker that runs. It resolves when the worker has ended. */
  readonly #exits = new Set<Promise<void>>();
  readonly #timers = new Set<NodeJS.Timeout>();
  #backoff = MIN_BACKOFF_MS;
  #isStopping = false;

  /**
   * @param fork starts a worker
   * @param warn is called with a line of text for each worker that ends unexpectedly
   */
  constructor(fork: () => WorkerProcess, warn: (line: string) => void) {
    this.#fork = fork;
    this.#warn = warn;
  }

  /**
   * Starts the workers. The others start once the first one listens.
   *
   * @param count the number of workers
   * @returns the port that they listen on, or null if the first one ended before it listened
   */
  async start(count: number): Promise<number | null> {
    const port = await this.#startWorker();
    if (port === null || this.#isStopping) return port;
    await Promise.all(Array.from({ length: count - 1 }, () => this.#startWorker()));
    return port;
  }

  /**
   * Replaces the workers one after the other. Each old worker stops once its replacement listens. If a
   * replacement does not start, the remaining old workers continue.
   */
  async restart(): Promise<void> {
    for (const worker of [...this.#serving]) {
      if (this.#isStopping) return;
      if ((await this.#startWorker()) === null) {
        this.#warn('a new worker did not start; the old ones go on');
        return;
      }
      this.#drain(worker);
    }
  }

  /** Stops all workers, and resolves when they have ended. */
  async stop(): Promise<void> {
    this.#isStopping = true;
    for (const timer of this.#timers) clearTimeout(timer);
    for (const worker of this.#serving) this.#drain(worker);
    await Promise.all(this.#exits);
  }

  /** Resolves with the port when a new worker listens, or with null if it ends before that. */
  #startWorker(): Promise<number | null> {
    const worker = this.#fork();
    const startedAt = Date.now();
    return new Promise((resolve) => {
      const exit = new Promise<void>((resolveExit) => {
        worker.once('exit', (code) => {
          resolve(null);
          resolveExit();
          this.#exits.delete(exit);
          if (this.#serving.delete(worker)) this.#replace(code, Date.now() - startedAt);
        });
      });
      this.#exits.add(exit);
      worker.once('listening', ({ port }) => {
        this.#serving.add(worker);
        resolve(port);
        if (this.#isStopping) this.#drain(worker);
      });
    });
  }

  /** Lets a worker finish its responses and end. */
  #drain(worker: WorkerProcess): void {
    this.#serving.delete(worker);
    worker.send('stop', () => undefined);
  }

  /** Starts another worker after the back-off, which doubles each time one ends soon after its start. */
  #replace(code: number | null, uptime: number): void {
    if (this.#isStopping) return;
    this.#backoff = uptime < MIN_UPTIME_MS ? Math.min(2 * this.#backoff, MAX_BACKOFF_MS) : MIN_BACKOFF_MS;
    this.#warn(`a worker ended with ${code ?? 'a signal'}; another starts in ${this.#backoff} ms`);
    const timer = setTimeout(() => {
      this.#timers.delete(timer);
      void this.#startWorker().then((port) => {
        if (port === null) this.#replace(null, 0);
      });
    }, this.#backoff);
    this.#timers.add(timer);
  }
}
