import { request as requestHttp, type IncomingHttpHeaders, type IncomingMessage } from 'node:http';
import { connect } from 'node:http2';
import { request as requestHttps } from 'node:https';
import { certificate } from '../../support/tls';
import type { Framework } from './frameworks';

/** An answer, whole or broken off. */
export interface Answered {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
  readonly isWhole: boolean;
}

export interface Asked {
  readonly method?: string;
  readonly headers?: Record<string, string>;
  /** After how many bytes of the body the client leaves. */
  readonly leaveAfter?: number;
}

/** Asks in the protocol of a framework's server. */
export function ask(
  protocol: Framework['protocol'],
  port: number,
  path: string,
  asked: Asked = {},
): Promise<Answered> {
  return protocol === 'h2' ? askHttp2(port, path, asked) : askHttp1(protocol, port, path, asked);
}

function askHttp1(
  protocol: 'http' | 'https',
  port: number,
  path: string,
  { method = 'GET', headers = {}, leaveAfter = Infinity }: Asked,
): Promise<Answered> {
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
      let passed = 0;
      response.on('data', (chunk: Buffer) => {
        chunks.push(chunk);
        passed += chunk.length;
        if (passed > leaveAfter) response.destroy();
      });
      response.on('error', () => undefined);
      response.on('close', () => {
        resolve({
          status,
          headers: response.headers,
          body: Buffer.concat(chunks),
          isWhole: response.complete,
        });
      });
    }
    const make = protocol === 'https' ? requestHttps : requestHttp;
    make(options, receive).on('error', reject).end();
  });
}

function askHttp2(
  port: number,
  path: string,
  { method = 'GET', headers = {}, leaveAfter = Infinity }: Asked,
): Promise<Answered> {
  const session = connect(`https://127.0.0.1:${port}`, { ca: certificate.cert });
  return new Promise((resolve, reject) => {
    session.on('error', reject);
    const stream = session.request({ ':path': path, ':method': method, ...headers });
    const chunks: Buffer[] = [];
    let passed = 0;
    let fields: IncomingHttpHeaders & { ':status'?: number | undefined } = {};
    let isWhole = false;
    stream.on('response', (received) => (fields = received));
    stream.on('data', (chunk: Buffer) => {
      chunks.push(chunk);
      passed += chunk.length;
      if (passed > leaveAfter) stream.destroy();
    });
    stream.on('end', () => (isWhole = true));
    stream.on('error', () => undefined);
    stream.on('close', () => {
      session.destroy();
      isWhole &&= stream.rstCode === 0;
      resolve({ status: fields[':status'] ?? 0, headers: fields, body: Buffer.concat(chunks), isWhole });
    });
    stream.end();
  });
}
