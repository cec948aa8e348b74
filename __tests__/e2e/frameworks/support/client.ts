import { request as requestHttp, type IncomingHttpHeaders, type IncomingMessage } from 'node:http';
import { connect } from 'node:http2';
import { request as requestHttps } from 'node:https';
import { connect as connectTcp } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { connect as connectTls } from 'node:tls';
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

/**
 * Sends the same GET request several times on one connection, reads nothing, and disconnects after a number of
 * milliseconds.
 */
export async function sendAndDisconnect(
  protocol: Framework['protocol'],
  port: number,
  path: string,
  { count = 1, milliseconds }: { readonly count?: number; readonly milliseconds: number },
): Promise<void> {
  if (protocol === 'h2') {
    const session = connect(`https://127.0.0.1:${port}`, { ca: certificate.cert });
    session.on('error', () => undefined);
    for (let index = 0; index < count; index++)
      session.request({ ':path': path }).on('error', () => undefined);
    await delay(milliseconds);
    session.destroy();
    return;
  }
  const options = { port, host: '127.0.0.1', servername: 'localhost', ca: certificate.cert };
  const socket = protocol === 'https' ? connectTls(options) : connectTcp(options);
  socket.on('error', () => undefined).pause();
  socket.write(`GET ${path} HTTP/1.1\r\nHost: localhost\r\n\r\n`.repeat(count));
  await delay(milliseconds);
  socket.destroy();
}
