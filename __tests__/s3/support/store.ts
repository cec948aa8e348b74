import { S3Client } from '@aws-sdk/client-s3';
import { createHash } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { s3Loader, type S3LoaderOptions } from '../../../src/s3';
import type { Loader } from '../../../src';
import { serve } from '../../support/server';

/** What must not appear in any answer or message. */
export const SECRETS = ['AKIDEXAMPLE', 'a-secret-key', 'the-bucket', 'Signature', '127.0.0.1'];

const clients: S3Client[] = [];

afterEach(() => {
  for (const client of clients.splice(0)) client.destroy();
});

/** A client of the store at a URL, which tries each request once. */
export function clientOf(endpoint: string): S3Client {
  const client = new S3Client({
    endpoint,
    region: 'us-east-1',
    forcePathStyle: true,
    maxAttempts: 1,
    credentials: { accessKeyId: 'AKIDEXAMPLE', secretAccessKey: 'a-secret-key' },
  });
  clients.push(client);
  return client;
}

type Handler = (req: IncomingMessage, res: ServerResponse) => void;

/** A store of objects that speaks as much of S3 as is needed, over real sockets. */
export class StandInStore {
  readonly objects = new Map<string, Buffer>();
  /** The requests as `METHOD key range`, in order. */
  readonly requests: string[] = [];
  /** The conditions of the reads, in order. */
  readonly conditions: (string | undefined)[] = [];
  /** Answers the next requests instead of the store, one each. */
  readonly instead: Handler[] = [];
  endpoint = '';
  readonly #etags = new WeakMap<Buffer, string>();

  static async start(objects: Record<string, string | Buffer> = {}): Promise<StandInStore> {
    const store = new StandInStore();
    for (const [key, content] of Object.entries(objects)) store.objects.set(key, Buffer.from(content));
    store.endpoint = (
      await serve((req, res) => {
        store.#receive(req, res);
      })
    ).origin;
    return store;
  }

  loader(options: Partial<S3LoaderOptions> = {}): Loader {
    return s3Loader({ client: clientOf(this.endpoint), bucket: 'the-bucket', ...options });
  }

  etagOf(key: string): string {
    const object = this.objects.get(key) ?? Buffer.alloc(0);
    const etag = this.#etags.get(object) ?? `"${createHash('md5').update(object).digest('hex')}"`;
    this.#etags.set(object, etag);
    return etag;
  }

  /** Answers as the store does. */
  readonly answer: Handler = (req, res) => {
    const key = keyOf(req);
    const object = this.objects.get(key);
    const condition = req.headers['if-match'];
    if (object === undefined) refuse(res, 404, req.method === 'HEAD' ? '' : 'NoSuchKey');
    else if (condition !== undefined && condition !== this.etagOf(key))
      refuse(res, 412, 'PreconditionFailed');
    else this.#send(req, res, key, object);
  };

  #receive(req: IncomingMessage, res: ServerResponse): void {
    const { range = '', 'if-match': condition } = req.headers;
    this.requests.push(`${req.method ?? ''} ${keyOf(req)} ${range}`.trim());
    if (req.method === 'GET') this.conditions.push(condition);
    (this.instead.shift() ?? this.answer)(req, res);
  }

  #send(req: IncomingMessage, res: ServerResponse, key: string, object: Buffer): void {
    const [, start, end] = /^bytes=(\d+)-(\d+)$/.exec(req.headers.range ?? '') ?? [];
    const part = start === undefined ? object : object.subarray(Number(start), Number(end) + 1);
    res.writeHead(start === undefined ? 200 : 206, {
      ETag: this.etagOf(key),
      'Last-Modified': 'Thu, 29 Feb 2024 12:00:00 GMT',
      'Content-Length': part.length,
    });
    res.end(req.method === 'HEAD' ? undefined : part);
  }
}

function keyOf(req: IncomingMessage): string {
  const path = (req.url ?? '').replace(/\?.*$/, '');
  return decodeURIComponent(path.replace('/the-bucket/', ''));
}

/** An error as S3 has them, which tells more than a client is to know. */
export function refuse(res: ServerResponse, status: number, code: string): void {
  const body = `<Error><Code>${code}</Code><Message>${SECRETS.join(' ')}</Message></Error>`;
  res.writeHead(status, { 'Content-Type': 'application/xml' }).end(code === '' ? undefined : body);
}

/** What the loader, or else the opening of what it found, fails with. */
export async function failureOf(loader: Loader): Promise<Error & { status?: number }> {
  const request = { method: 'GET', url: '/s/a', headers: {} };
  try {
    const [, open] = (await loader('a', request)) ?? [];
    await open?.();
  } catch (error) {
    return error as Error;
  }
  throw new Error('expected a failure');
}
