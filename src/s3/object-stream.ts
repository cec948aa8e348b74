import { finished, Readable } from 'node:stream';
import { storeError, timeoutError } from './store-error';

/**
 * Bytes of an object, requested at the first read. Emits an error if the store sends nothing for too long.
 */
export class ObjectStream extends Readable {
  readonly #request: (signal: AbortSignal) => Promise<Readable>;
  readonly #timeout: number;
  readonly #abort = new AbortController();
  #isRequested = false;
  #source: Readable | undefined;
  #timer: NodeJS.Timeout | undefined;
  #onFirstBytes: (() => void) | undefined;

  constructor(request: (signal: AbortSignal) => Promise<Readable>, timeout: number) {
    super();
    this.#request = request;
    this.#timeout = timeout;
  }

  /** Requests the bytes. Resolves when the first ones have arrived. */
  firstBytes(): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#onFirstBytes = resolve;
      // This listener stays: the stream may fail before the response is sent and somebody else listens.
      this.once('error', reject);
      this.read(0);
    });
  }

  override _read(): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.destroy(timeoutError()), this.#timeout);
    if (this.#isRequested) this.#source?.resume();
    else void this.#start();
  }

  override _destroy(error: Error | null, done: (error: Error | null) => void): void {
    clearTimeout(this.#timer);
    // After a complete request, its connection may already be in use for the next one.
    if (this.#source?.readableEnded !== true) this.#abort.abort();
    this.#source?.destroy();
    done(error);
  }

  async #start(): Promise<void> {
    this.#isRequested = true;
    try {
      const source = await this.#request(this.#abort.signal);
      if (this.destroyed) source.destroy();
      else this.#pipe(source);
    } catch (error) {
      this.destroy(storeError(error));
    }
  }

  #pipe(source: Readable): void {
    this.#source = source;
    finished(source, (error) => {
      clearTimeout(this.#timer); // the client may read the rest as slowly as it likes
      if (error) this.destroy(storeError(error));
      else this.push(null);
    });
    source.on('data', (chunk: Uint8Array) => {
      clearTimeout(this.#timer); // set again by the next _read
      if (!this.push(chunk)) source.pause();
      this.#onFirstBytes?.();
    });
  }
}
