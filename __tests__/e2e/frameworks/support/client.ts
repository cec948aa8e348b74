import { request as requestHttp, type IncomingHttpHeaders, type IncomingMessage } from 'node:http';
import { connect } from 'node:http2';
import { request as requestHttps } from 'node:https';
import { certificate } from '../../../support/tls';
import type { Framework } from './frameworks';

/** A response, complete or truncated. */
export interface ClientResponse {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
  readonly isComplete: boolean;
}

export interface RequestOptions {
  readonly method?: string;
  readonly headers?: Record<string, string>;
  /** The number of bytes of the body after which the client disconnects. */
  readonly abortAfter?: number;
}

/** Sends a request in the protocol of a framework's server. */
export function sendRequest(
  protocol: Framework['protocol'],
  port: number,
  path: string,
  options: RequestOptions = {},
): Promise<ClientResponse> {
  return protocol === 'h2' ? sendHttp2(port, path, options) : sendHttp1(protocol, port, path, options);
}

function sendHttp1(
  protocol: 'http' | 'https',
  port: number,
  path: string,
  { method = 'GET', headers = {}, abortAfter = Infinity }: RequestOptions,
): Promise<ClientResponse> {
  const options = {
    host: 'localhost',
    family: 4,
    port,
    path,
    method,
    headers,
    ca: certificate.cert,
    agent: false,
  };
  return new Promise((resolve, reject) => {
    function receive(response: IncomingMessage): void {
      const { statusCode: status = 0 } = response;
      const chunks: Buffer[] = [];
      let received = 0;
      response.on('data', (chunk: Buffer) => {
        chunks.push(chunk);
        received += chunk.length;
        if (received > abortAfter) response.destroy();
      });
      response.on('error', () => undefined);
      response.on('close', () => {
        resolve({
          status,
          headers: response.headers,
          body: Buffer.concat(chunks),
          isComplete: response.complete,
        });
      });
    }
    const make = protocol === 'https' ? requestHttps : requestHttp;
    make(options, receive).on('error', reject).end();
  });
}

function sendHttp2(
  port: number,
  path: string,
  { method = 'GET', headers = {}, abortAfter = Infinity }: RequestOptions,
): Promise<ClientResponse> {
  const session = connect(`https://127.0.0.1:${port}`, { ca: certificate.cert });
  return new Promise((resolve, reject) => {
    session.on('error', reject);
    const stream = session.request({ ':path': path, ':method': method, ...headers });
    const chunks: Buffer[] = [];
    let received = 0;
    let fields: IncomingHttpHeaders & { ':status'?: number | undefined } = {};
    let isComplete = false;
    stream.on('response', (headerFields) => (fields = headerFields));
    stream.on('data', (chunk: Buffer) => {
      chunks.push(chunk);
      received += chunk.length;
      if (received > abortAfter) stream.destroy();
    });
    stream.on('end', () => (isComplete = true));
    stream.on('error', () => undefined);
    stream.on('close', () => {
      session.destroy();
      isComplete &&= stream.rstCode === 0;
      resolve({ status: fields[':status'] ?? 0, headers: fields, body: Buffer.concat(chunks), isComplete });
    });
    stream.end();
  });
}
