import { ServerResponse } from 'node:http';

type Callback = (error?: Error | null) => void;
type Rest = readonly (BufferEncoding | Callback | undefined)[];

/** A response that counts the bytes of its body which went out to the client. */
export class CountedResponse extends ServerResponse {
  bodyBytes = 0;

  override write(chunk: string | Uint8Array, ...rest: Rest): boolean {
    const { encoding, callback } = named(rest);
    const length = this.req.method === 'HEAD' ? 0 : Buffer.byteLength(chunk, encoding);
    return super.write(chunk, encoding, (error) => {
      // What a closed connection has thrown away comes without an error, too.
      if (!error && !this.req.socket.destroyed) this.bodyBytes += length;
      callback?.(error);
    });
  }

  // Node's own end() does not tell whether the last piece went out, so that piece is written first.
  override end(chunk?: string | Uint8Array | Callback | null, ...rest: Rest): this {
    if (typeof chunk === 'function') return super.end(chunk);
    const { encoding, callback } = named(rest);
    if (chunk !== undefined && chunk !== null) this.write(chunk, encoding);
    return super.end(callback);
  }
}

function named(rest: Rest): { encoding: BufferEncoding; callback: Callback | undefined } {
  return {
    encoding: rest.find((value) => typeof value === 'string') ?? 'utf8',
    callback: rest.find((value) => typeof value === 'function'),
  };
}
