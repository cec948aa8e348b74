import { finished, Readable } from 'node:stream';
import { storeError, tooSlow } from './store-error';

/** Bytes of an object, asked for when they are first read. It errors when the store is silent for too long. */
export class ObjectStream extends Readable {
  readonly #request: (signal: AbortSignal) => Promise<Readable>;
  readonly #timeout: number;
  readonly #abort = new AbortController();
  #isAsked = false;
  #source: Readable | undefined;
  #timer: NodeJS.Timeout | undefined;
  #onFirstBytes: (() => void) | undefined;

  constructor(request: (signal: AbortSignal) => Promise<Readable>, timeout: number) {
    super();
    this.#request = request;
    this.#timeout = timeout;
  }

  /** Asks for the bytes now; resolves when the first are here. */
  begin(): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#onFirstBytes = resolve;
      // It stays: the stream may fail before its answer is on the way and anybody else listens.
      this.once('error', reject);
      this.read(0);
    });
  }

  override _read(): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.destroy(tooSlow()), this.#timeout);
    if (this.#isAsked) this.#source?.resume();
    else void this.#ask();
  }

  override _destroy(error: Error | null, done: (error: Error | null) => void): void {
    clearTimeout(this.#timer);
    // A request that is over has given its connection to the next.
    if (this.#source?.readableEnded !== true) this.#abort.abort();
    this.#source?.destroy();
    done(error);
  }

  async #ask(): Promise<void> {
    this.#isAsked = true;
    try {
      const source = await this.#request(this.#abort.signal);
      if (this.destroyed) source.destroy();
      else this.#pass(source);
    } catch (error) {
      this.destroy(storeError(error));
    }
  }

  #pass(source: Readable): void {
    this.#source = source;
    finished(source, (error) => {
      clearTimeout(this.#timer); // the client may take its time for what is left
      if (error) this.destroy(storeError(error));
      else this.push(null);
    });
    source.on('data', (chunk: Uint8Array) => {
      clearTimeout(this.#timer); // set again when more is wanted
      if (!this.push(chunk)) source.pause();
      this.#onFirstBytes?.();
    });
  }
}
