import type * as S3 from '@aws-sdk/client-s3';
import { Readable } from 'node:stream';
import { rangeLength, type ByteRange } from '../http/byte-ranges';
import { objectMetadata, type ObjectMetadata } from './object-metadata';
import type { CheckedS3Options } from './options';
import {
  isMissingError,
  isReplacedError,
  ObjectReplacedError,
  storeError,
  StoreError,
  timeoutError,
} from './store-error';

/** The two requests to the store. Clients may see their errors. */
export class Store {
  readonly #client: CheckedS3Options['client'];
  readonly #bucket: string;
  readonly #timeout: number;
  readonly #commands: typeof S3;

  constructor({ client, bucket, timeout }: CheckedS3Options) {
    this.#client = client;
    this.#bucket = bucket;
    this.#timeout = timeout;
    // eslint-disable-next-line @typescript-eslint/no-require-imports -- the package is installed only where a client is used
    this.#commands = require('@aws-sdk/client-s3') as typeof S3;
  }

  /** The metadata of an object, or null if there is no such object. */
  async head(key: string): Promise<ObjectMetadata | null> {
    const command = new this.#commands.HeadObjectCommand({ Bucket: this.#bucket, Key: key });
    try {
      return objectMetadata(
        await withTimeout(this.#timeout, (abortSignal) => this.#client.send(command, { abortSignal })),
      );
    } catch (error) {
      if (isMissingError(error)) return null;
      throw storeError(error);
    }
  }

  /**
   * Reads bytes of an object, if it is still the version that the metadata describes.
   *
   * @throws ObjectReplacedError if it is not
   */
  async read(
    key: string,
    { etag }: ObjectMetadata,
    range: ByteRange,
    abortSignal: AbortSignal,
  ): Promise<Readable> {
    const command = new this.#commands.GetObjectCommand({
      Bucket: this.#bucket,
      Key: key,
      Range: `bytes=${range.start}-${range.end}`,
      IfMatch: etag,
    });
    try {
      return bodyOf(await this.#client.send(command, { abortSignal }), etag, rangeLength(range));
    } catch (error) {
      throw isReplacedError(error) ? new ObjectReplacedError(error) : storeError(error);
    }
  }
}

/** Some stores ignore If-Match or Range, so what they send is compared with what was requested. */
function bodyOf(
  { Body, ETag, ContentLength }: S3.GetObjectCommandOutput,
  etag: string,
  length: number,
): Readable {
  if (!(Body instanceof Readable)) throw new StoreError(503, 'the object store sent no content');
  if (ETag === etag && ContentLength === length) return Body;
  Body.destroy();
  throw ETag === etag
    ? new StoreError(503, 'the object store sent another length')
    : new ObjectReplacedError();
}

/** The timeout of the S3 client is not enough: between its attempts, it waits whatever the signal says. */
async function withTimeout<T>(timeout: number, request: (signal: AbortSignal) => Promise<T>): Promise<T> {
  const abort = new AbortController();
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => {
      reject(timeoutError());
      abort.abort();
    }, timeout);
  });
  try {
    return await Promise.race([request(abort.signal), late]);
  } finally {
    clearTimeout(timer);
  }
}
