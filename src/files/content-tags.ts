import { LRUCache } from 'lru-cache';
import { contentTagOf } from './content-tag';
import { hadRested, isSameVersion, type FileFacts } from './file-facts';

/** Files whose tags are remembered. */
const MOST = 10_000;

interface Tagged {
  readonly facts: FileFacts;
  tag: string | null;
}

/** The entity tags of large files by their content, worked out once a version, one file after the other. */
export class ContentTags {
  readonly #tags = new LRUCache<string, Tagged>({ max: MOST });
  #working: Promise<void> = Promise.resolve();

  /** The tag of a version, or null while it is not known. */
  of(filename: string, facts: FileFacts): string | null {
    const known = this.#tags.get(filename);
    if (known !== undefined && isSameVersion(known.facts, facts)) return known.tag;
    if (hadRested(facts, Date.now())) this.#workOut(filename, { facts, tag: null });
    return null;
  }

  #workOut(filename: string, tagged: Tagged): void {
    this.#tags.set(filename, tagged);
    this.#working = this.#working.then(async () => {
      try {
        tagged.tag = await contentTagOf(filename, tagged.facts);
      } catch {
        this.#tags.delete(filename); // to be tried again
      }
    });
  }
}
