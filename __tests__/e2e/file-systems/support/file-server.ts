import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync, readlinkSync } from 'node:fs';
import { get, type IncomingHttpHeaders } from 'node:http';
import { connect, type IncomingHttpStatusHeader } from 'node:http2';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { certificate } from '../../../support/tls';
import type { Served, Serving } from './serve';

/** A response whose body has not been read. */
export interface ResponseStream extends Readable {
  readonly statusCode?: number | undefined;
  readonly headers: IncomingHttpHeaders;
}

/** A complete response. */
export interface FileResponse {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

/** How long to wait for a server that may be blocked, in milliseconds. */
const PATIENCE = 10_000;

const running = new Set<ChildProcess>();

// Disks that hang must be unmounted before: the kernel closes the files of a process before it ends.
afterAll(async () => {
  for (const child of running) {
    const ended = once(child, 'exit');
    child.kill('SIGKILL');
    await ended;
  }
});

/** A server in its own process, because a slow disk may block its event loop. It is stopped at the end. */
export class FileServer {
  readonly #child: ChildProcess;
  readonly #serving: Serving;

  private constructor(child: ChildProcess, serving: Serving) {
    this.#child = child;
    this.#serving = serving;
  }

  static async start(served: Served): Promise<FileServer> {
    const script = join(__dirname, 'serve.ts');
    const child = fork(script, [JSON.stringify(served)], {
      execArgv: ['-r', require.resolve('esbuild-register')],
    });
    running.add(child);
    child.once('exit', () => running.delete(child));
    const [serving] = (await Promise.race([once(child, 'message'), once(child, 'exit')])) as [Serving];
    if (!running.has(child)) throw new Error('the server has ended before it listened');
    return new FileServer(child, serving);
  }

  /** Resolves with a response, or rejects if there is no complete one in time. */
  async get(path: string): Promise<FileResponse> {
    const response = await this.begin(path);
    const chunks: Buffer[] = [];
    for await (const chunk of response as AsyncIterable<Buffer>) chunks.push(chunk);
    const { statusCode: status = 0, headers } = response;
    return { status, headers, body: Buffer.concat(chunks).toString('latin1') };
  }

  /** Resolves with a response whose body has not been read. Each request has a connection of its own. */
  begin(path: string, signal = AbortSignal.timeout(PATIENCE)): Promise<ResponseStream> {
    return this.#serving.protocol === 'h2' ? this.#beginHttp2(path, signal) : this.#beginHttp1(path, signal);
  }

  #beginHttp1(path: string, signal: AbortSignal): Promise<ResponseStream> {
    return new Promise((resolve, reject) => {
      const options = { host: '127.0.0.1', port: this.#serving.port, path, agent: false, signal };
      get(options, resolve).on('error', (cause) => {
        reject(new Error(`no response for ${path}`, { cause }));
      });
    });
  }

  async #beginHttp2(path: string, signal: AbortSignal): Promise<ResponseStream> {
    const session = connect(`https://127.0.0.1:${this.#serving.port}`, { ca: certificate.cert });
    const stream = session.request({ ':path': path }, { signal });
    stream.once('close', () => {
      session.destroy();
    });
    const [headers] = (await once(stream, 'response')) as [IncomingHttpHeaders & IncomingHttpStatusHeader];
    return Object.assign(stream, { statusCode: headers[':status'], headers });
  }

  /** The names of the files below a directory that the server has open. */
  openFiles(folder: string): string[] {
    const descriptors = `/proc/${this.#child.pid ?? 0}/fd`;
    return readdirSync(descriptors)
      .map((name) => targetOf(join(descriptors, name)))
      .filter((target) => target.startsWith(`${folder}/`));
  }
}

/** The file of a descriptor, or an empty string if it was closed meanwhile. */
function targetOf(descriptor: string): string {
  try {
    return readlinkSync(descriptor);
  } catch {
    return '';
  }
}
