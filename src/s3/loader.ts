import { posix } from 'node:path';
import type { ByteRange } from '../http/byte-ranges';
import type { Loader, LoaderResult, Opener } from '../types';
import { enoent } from '../util/fs-errors';
import { andThen, type MaybePromise } from '../util/maybe-promise';
import { keysFor } from './keys';
import { MetadataCache } from './metadata-cache';
import type { ObjectMetadata } from './object-metadata';
import { ObjectFile } from './object-file';
import { ObjectStream } from './object-stream';
import type { S3LoaderOptions } from './options';
import { Store } from './store';
import { ObjectReplacedError } from './store-error';
import { validateS3Options } from './validate';

/**
 * Creates a loader for the objects of a bucket. A request of a client causes one request to the store for the
 * metadata of the object, unless it is cached, and one for the bytes that are sent. For a range, only its
 * bytes are read.
 *
 * If an object is missing, the next export is searched. If the store fails, the response is 503, and 504 if
 * it is too slow; the errors of the store are never sent to clients. Two versions of an object are never
 * mixed: each read names the version it needs.
 *
 * @param options the client, the bucket, and what to serve from it
 * @throws TypeError for a wrong option. The message names it and what was expected.
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
  const checked = validateS3Options(options);
  const store = new Store(checked);
  const cache = new MetadataCache((key) => store.head(key), checked);

  function createFile(key: string, metadata: ObjectMetadata): ObjectFile {
    const read = async (range: ByteRange, signal: AbortSignal) => {
      try {
        return await store.read(key, metadata, range, signal);
      } catch (error) {
        if (error instanceof ObjectReplacedError) cache.delete(key, metadata);
        throw error;
      }
    };
    return new ObjectFile(
      metadata,
      (range) => new ObjectStream((signal) => read(range, signal), checked.timeout),
    );
  }

  /** Opens the version that was found. If it has been replaced, the second call opens the current one. */
  function createOpener(key: string, found: ObjectMetadata): Opener {
    let isFirstCall = true;
    return () => {
      const metadata = isFirstCall ? found : cache.get(key);
      isFirstCall = false;
      return andThen(metadata, (current) => {
        if (current === null) throw enoent(key);
        return createFile(key, current);
      });
    };
  }

  function firstObject(keys: readonly string[]): MaybePromise<LoaderResult | null> {
    const [key, ...others] = keys;
    if (key === undefined) return null;
    return andThen(cache.get(key), (metadata) =>
      metadata === null ? firstObject(others) : [posix.basename(key), createOpener(key, metadata)],
    );
  }

  return (path) => firstObject(keysFor(path, checked));
}
