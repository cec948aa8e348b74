import { ServerResponse, type IncomingMessage } from 'node:http';
import { printable } from '../../util/printable';

type Callback = (error?: Error | null) => void;
type Rest = readonly (BufferEncoding | Callback | undefined)[];

/** A response that counts the bytes of its body that have been sent. */
export class CountedResponse extends ServerResponse {
  bodyBytes = 0;

  override write(chunk: string | Uint8Array, ...rest: Rest): boolean {
    const { encoding, callback } = namedArguments(rest);
    const length = this.req.method === 'HEAD' ? 0 : Buffer.byteLength(chunk, encoding);
    return super.write(chunk, encoding, (error) => {
      // Node reports no error either for a chunk that a closed connection has discarded.
      if (!error && !this.req.socket.destroyed) this.bodyBytes += length;
      callback?.(error);
    });
  }

  /** Writes the last chunk separately, because `end` of Node does not report whether it has been sent. */
  override end(chunk?: string | Uint8Array | Callback | null, ...rest: Rest): this {
    if (typeof chunk === 'function') return super.end(chunk);
    const { encoding, callback } = namedArguments(rest);
    if (chunk !== undefined && chunk !== null) this.write(chunk, encoding);
    return super.end(callback);
  }
}

/** The optional arguments of `write` and `end`, of which the encoding may be omitted. */
function namedArguments(rest: Rest): { encoding: BufferEncoding; callback: Callback | undefined } {
  return {
    encoding: rest.find((value) => typeof value === 'string') ?? 'utf8',
    callback: rest.find((value) => typeof value === 'function'),
  };
}

/**
 * Writes a line when the response to a request is complete or its client has disconnected: the time in UTC, method,
 * target, status, bytes of the body that were sent, and duration. The status is `-` if the client disconnected
 * before the response started.
 *
 * @param write is called with the line, including its line break
 */
export function logRequest(
  { method, url }: IncomingMessage,
  res: CountedResponse,
  write: (line: string) => void,
): void {
  const startedAt = performance.now();
  res.once('close', () => {
    const status = res.headersSent ? res.statusCode : '-';
    const milliseconds = (performance.now() - startedAt).toFixed(1);
    const time = new Date().toISOString();
    write(
      `${time} ${String(method)} ${printable(String(url))} ${status} ${res.bodyBytes} ${milliseconds}ms\n`,
    );
  });
}
