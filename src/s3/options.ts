import type { S3Client } from '@aws-sdk/client-s3';

/** The options of {@link s3Loader}. */
export interface S3LoaderOptions {
  /** An `S3Client` of `@aws-sdk/client-s3`, version 3. It stays yours: whoever made it destroys it. */
  client: Pick<S3Client, 'send'>;
  /** The bucket that the objects are in. */
  bucket: string;
  /** What all keys begin with, up to a slash: `'site/'`. Nothing outside of it is served. Default: none. */
  prefix?: string | undefined;
  /**
   * The key, after the prefix, of the object that answers where the export is asked for by its own name: at
   * `/favicon.ico` for an export `'/favicon.ico'`. Default: none; the next export is then asked.
   */
  key?: string | undefined;
  /**
   * Names of objects that answer for their folder: `'index.html'`, or a list in order of preference. The option of
   * the same name of the middleware redirects a folder's URL without a slash. Default: none.
   */
  index?: false | string | readonly string[] | undefined;
  /**
   * For how many milliseconds it is remembered what the store said of a key, also that there is no such object:
   * so long a change may go unnoticed. 0 asks at every request. Default: 1000.
   */
  factsFor?: number | undefined;
  /** Of how many keys that is remembered; the least recently used is forgotten first. Default: 10000. */
  keyLimit?: number | undefined;
  /**
   * For how many milliseconds the store may be silent while an answer waits for it: before the first byte of each
   * of its answers, and between the bytes. Default: 5000.
   */
  timeout?: number | undefined;
}

/** {@link S3LoaderOptions} with the defaults filled in. */
export interface CheckedS3Options {
  readonly client: Pick<S3Client, 'send'>;
  readonly bucket: string;
  readonly prefix: string;
  readonly key: string | undefined;
  readonly index: readonly string[];
  readonly factsFor: number;
  readonly keyLimit: number;
  readonly timeout: number;
}
