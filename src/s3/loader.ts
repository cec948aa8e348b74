import { posix } from 'node:path';
import type { OpenedFile } from '../files/opened-file';
import type { ByteRange } from '../http/byte-ranges';
import type { Loaded, Loader, SharedRequest } from '../loaders/loader';
import { andThen, type MaybePromise } from '../maybe-promise';
import { checkS3Options } from './check-options';
import { firstRange } from './first-range';
import { keysFor } from './keys';
import { KnownFacts } from './known-facts';
import type { ObjectFacts } from './object-facts';
import { ObjectFile } from './object-file';
import { ObjectStream } from './object-stream';
import type { S3LoaderOptions } from './options';
import { Store } from './store';
import { Replaced } from './store-error';

/**
 * A loader of the objects of a bucket, for any export to name. A request costs the store one question for the facts of its
 * key, unless they are remembered, and one for the bytes that are sent: parts of files are asked for as parts.
 *
 * A key that is missing is left to the next export. A store that fails is answered with 503, one that is too slow with
 * 504; what it says is never shown. An object that is replaced is never mixed with the next: reads say which version they
 * are of.
 *
 * @throws TypeError for a wrong option; the message names it and what was expected
 *
 * @example
 * ```ts
 * import { S3Client } from '@aws-sdk/client-s3';
 * import { SharedDataMiddleware } from 'shared-data-middleware';
 * import { s3Loader } from 'shared-data-middleware/s3';
 *
 * const media = s3Loader({ client: new S3Client({}), bucket: 'media', prefix: 'public/' });
 * const shared = new SharedDataMiddleware(null, { '/media': media });
 * ```
 */
export function s3Loader(options: S3LoaderOptions): Loader {
  const checked = checkS3Options(options);
  const store = new Store(checked);
  const known = new KnownFacts((key) => store.look(key), checked);

  function fileOf(key: string, facts: ObjectFacts): ObjectFile {
    const read = async (range: ByteRange, signal: AbortSignal) => {
      try {
        return await store.read(key, facts, range, signal);
      } catch (error) {
        if (error instanceof Replaced) known.forget(key, facts);
        throw error;
      }
    };
    return new ObjectFile(
      facts,
      (range) => new ObjectStream((signal) => read(range, signal), checked.timeout),
    );
  }

  /** Waits for the first bytes, if any will be sent: later, it is too late for another status. */
  async function begun(key: string, facts: ObjectFacts, request: SharedRequest): Promise<OpenedFile> {
    const file = fileOf(key, facts);
    const range = firstRange(request, facts);
    if (range !== null) await file.begin(range);
    return file;
  }

  async function open(key: string, facts: ObjectFacts, request: SharedRequest): Promise<OpenedFile> {
    try {
      return await begun(key, facts, request);
    } catch (error) {
      if (!(error instanceof Replaced)) throw error;
      const fresh = await known.of(key);
      if (fresh === null) throw Object.assign(new Error('the object has gone'), { code: 'ENOENT' });
      return begun(key, fresh, request);
    }
  }

  function firstThere(keys: readonly string[], request: SharedRequest): MaybePromise<Loaded | null> {
    const [key, ...others] = keys;
    if (key === undefined) return null;
    return andThen(known.of(key), (facts) => {
      if (facts === null) return firstThere(others, request);
      return [posix.basename(key), () => open(key, facts, request)];
    });
  }

  return (path, request) => firstThere(keysFor(path, checked), request);
}
