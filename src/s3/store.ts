import type * as S3 from '@aws-sdk/client-s3';
import { Readable } from 'node:stream';
import type { ByteRange } from '../http/byte-ranges';
import { factsOf, type ObjectFacts } from './object-facts';
import type { CheckedS3Options } from './options';
import { isMissing, isReplaced, Replaced, storeError, StoreError, tooSlow } from './store-error';

/** The two requests that are made to the store. Their errors may be shown. */
export class Store {
  readonly #client: CheckedS3Options['client'];
  readonly #bucket: string;
  readonly #timeout: number;
  readonly #commands: typeof S3;

  constructor({ client, bucket, timeout }: CheckedS3Options) {
    this.#client = client;
    this.#bucket = bucket;
    this.#timeout = timeout;
    // eslint-disable-next-line @typescript-eslint/no-require-imports -- only who has a client has the package
    this.#commands = require('@aws-sdk/client-s3') as typeof S3;
  }

  /** The facts of a key, or null where there is no such object. */
  async look(key: string): Promise<ObjectFacts | null> {
    const command = new this.#commands.HeadObjectCommand({ Bucket: this.#bucket, Key: key });
    try {
      return factsOf(
        await inTime(this.#timeout, (abortSignal) => this.#client.send(command, { abortSignal })),
      );
    } catch (error) {
      if (isMissing(error)) return null;
      throw storeError(error);
    }
  }

  /**
   * Some bytes of an object, if it still is the version that the facts are of.
   *
   * @throws Replaced if it is not
   */
  async read(
    key: string,
    { etag }: ObjectFacts,
    { start, end }: ByteRange,
    abortSignal: AbortSignal,
  ): Promise<Readable> {
    const command = new this.#commands.GetObjectCommand({
      Bucket: this.#bucket,
      Key: key,
      Range: `bytes=${start}-${end}`,
      IfMatch: etag,
    });
    try {
      return bodyOf(await this.#client.send(command, { abortSignal }), etag, end - start + 1);
    } catch (error) {
      throw isReplaced(error) ? new Replaced(error) : storeError(error);
    }
  }
}

/** Some stores ignore If-Match or Range: what they send is held against what was asked for. */
function bodyOf(
  { Body, ETag, ContentLength }: S3.GetObjectCommandOutput,
  etag: string,
  length: number,
): Readable {
  if (!(Body instanceof Readable)) throw new StoreError(503, 'the object store sent no content');
  if (ETag === etag && ContentLength === length) return Body;
  Body.destroy();
  throw ETag === etag ? new StoreError(503, 'the object store sent another length') : new Replaced();
}

/** The client alone does not keep to a time: it waits between its attempts, whatever the signal says. */
async function inTime<T>(timeout: number, request: (signal: AbortSignal) => Promise<T>): Promise<T> {
  const abort = new AbortController();
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => {
      reject(tooSlow());
      abort.abort();
    }, timeout);
  });
  try {
    return await Promise.race([request(abort.signal), late]);
  } finally {
    clearTimeout(timer);
  }
}
