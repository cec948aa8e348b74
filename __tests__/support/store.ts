import { S3Client } from '@aws-sdk/client-s3';
import { createHash } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { s3Loader, type S3LoaderOptions } from '../../src/s3/index';
import type { Loader } from '../../src/index';
import { serve } from './server';

/** Texts that must not appear in any response or error message. */
export const SECRETS = ['AKIDEXAMPLE', 'a-secret-key', 'the-bucket', 'Signature', '127.0.0.1'];

const clients: S3Client[] = [];

afterEach(() => {
  for (const client of clients.splice(0)) client.destroy();
});

/** Creates an S3 client without retries. It is destroyed after the test. */
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

/** An HTTP server that implements the part of S3 that the loader uses. */
export class FakeObjectStore {
  readonly objects = new Map<string, Buffer>();
  /** Header fields that were uploaded with objects, by key. */
  readonly fields = new Map<string, Record<string, string>>();
  /** The requests as `METHOD key range`, in order. */
  readonly requests: string[] = [];
  /** The If-Match headers of the GET requests, in order. */
  readonly conditions: (string | undefined)[] = [];
  /** Handlers for the next requests, one each, that replace `answer`. */
  readonly overrides: Handler[] = [];
  endpoint = '';
  readonly #etags = new WeakMap<Buffer, string>();

  static async start(objects: Record<string, string | Buffer> = {}): Promise<FakeObjectStore> {
    const store = new FakeObjectStore();
    for (const [key, content] of Object.entries(objects)) store.objects.set(key, Buffer.from(content));
    store.endpoint = (
      await serve((req, res) => {
        store.#handle(req, res);
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

  /** The default handler, which responds like S3. */
  readonly answer: Handler = (req, res) => {
    const key = keyOf(req);
    const object = this.objects.get(key);
    const condition = req.headers['if-match'];
    if (object === undefined) sendError(res, 404, req.method === 'HEAD' ? '' : 'NoSuchKey');
    else if (condition !== undefined && condition !== this.etagOf(key))
      sendError(res, 412, 'PreconditionFailed');
    else this.#send(req, res, key, object);
  };

  #handle(req: IncomingMessage, res: ServerResponse): void {
    const { range = '', 'if-match': condition } = req.headers;
    this.requests.push(`${req.method ?? ''} ${keyOf(req)} ${range}`.trim());
    if (req.method === 'GET') this.conditions.push(condition);
    (this.overrides.shift() ?? this.answer)(req, res);
  }

  #send(req: IncomingMessage, res: ServerResponse, key: string, object: Buffer): void {
    const [, start, end] = /^bytes=(\d+)-(\d+)$/.exec(req.headers.range ?? '') ?? [];
    const content = start === undefined ? object : object.subarray(Number(start), Number(end) + 1);
    res.writeHead(start === undefined ? 200 : 206, {
      ETag: this.etagOf(key),
      'Last-Modified': 'Thu, 29 Feb 2024 12:00:00 GMT',
      'Content-Length': content.length,
      ...this.fields.get(key),
    });
    res.end(req.method === 'HEAD' ? undefined : content);
  }
}

function keyOf(req: IncomingMessage): string {
  const path = (req.url ?? '').replace(/\?.*$/, '');
  return decodeURIComponent(path.replace('/the-bucket/', ''));
}

/** Sends an S3 error whose message contains confidential details. */
export function sendError(res: ServerResponse, status: number, code: string): void {
  const body = `<Error><Code>${code}</Code><Message>${SECRETS.join(' ')}</Message></Error>`;
  res.writeHead(status, { 'Content-Type': 'application/xml' }).end(code === '' ? undefined : body);
}

/** Resolves with the error of a loader, of its opener or of the read. Rejects if there is none. */
export async function errorOf(loader: Loader): Promise<Error & { status?: number }> {
  const request = { method: 'GET', url: '/s/a', headers: {} };
  try {
    const [, open] = (await loader('a', request)) ?? [];
    const file = await open?.();
    await file?.read(0, file.size - 1);
  } catch (error) {
    return error as Error;
  }
  throw new Error('expected an error');
}
