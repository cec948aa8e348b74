import type { ContentCoding } from '../../http/content-coding';
import type { Compressed } from './compress-file';

/** What has been compressed in all. */
export class Totals {
  #written = 0;
  #upToDate = 0;
  #before = 0;
  readonly #after: Map<ContentCoding, number>;

  constructor(codings: readonly ContentCoding[]) {
    this.#after = new Map(codings.map((coding) => [coding, 0]));
  }

  add({ size, sizes, isNew }: Compressed): void {
    if (isNew) this.#written += 1;
    else this.#upToDate += 1;
    this.#before += size;
    for (const [coding, bytes] of sizes) this.#after.set(coding, (this.#after.get(coding) ?? 0) + bytes);
  }

  /** One line: files, and their bytes before and after. */
  line(): string {
    const after = [...this.#after].map(([coding, bytes]) => `${bytes} as ${coding}`).join(', ');
    const files = `${this.#written} ${this.#written === 1 ? 'file' : 'files'} compressed, ${this.#upToDate} up to date`;
    return `${files}: ${this.#before} bytes before, after ${after}\n`;
  }
}
