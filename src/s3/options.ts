import type { S3Client } from '@aws-sdk/client-s3';

/** The options of {@link s3Loader}. */
export interface S3LoaderOptions {
  /** An `S3Client` of `@aws-sdk/client-s3`, version 3. The loader does not destroy it. */
  client: Pick<S3Client, 'send'>;
  /** The bucket that contains the objects. */
  bucket: string;
  /**
   * The start of all keys, up to a slash, such as `'site/'`. No other object is served.
   *
   * @default ''
   */
  prefix?: string | undefined;
  /**
   * The key, after the prefix, of the only object that is served, at the prefix of the export itself, such as
   * `/favicon.ico` for an export `'/favicon.ico'`. Without it, all objects below the prefix are served, and for
   * the prefix itself the next export is searched.
   *
   * @default undefined
   */
  key?: string | undefined;
  /**
   * The name of the object that is sent for its directory, such as `'index.html'`, or a list of names in
   * order of preference. The option of the same name of the middleware redirects the URL of a directory
   * without a slash.
   *
   * @default false
   */
  index?: false | string | readonly string[] | undefined;
  /**
   * How long, in milliseconds, the metadata of an object is kept, or that there is no such object. A change
   * may go unnoticed for that long. 0 requests it each time.
   *
   * @default 1000
   */
  metadataTtl?: number | undefined;
  /**
   * The number of keys whose metadata is kept. The least recently used is removed first.
   *
   * @default 10000
   */
  maxKeys?: number | undefined;
  /**
   * How long, in milliseconds, the store may send nothing while a response waits for it: before the first
   * byte of each of its responses, and between the bytes.
   *
   * @default 5000
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
  readonly metadataTtl: number;
  readonly maxKeys: number;
  readonly timeout: number;
}
