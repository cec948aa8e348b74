import { request } from 'node:http';
import type { RawAnswer } from '../../../support/server';

/**
 * Sends a request and resolves when the response is complete. It does not wait for the end of the connection,
 * which nginx may keep open to revalidate its copy. Rejects if the response is truncated.
 */
export function sendRequest(
  port: number,
  method: string,
  path: string,
  fields: readonly (readonly [string, string])[] = [],
): Promise<RawAnswer> {
  return new Promise((resolve, reject) => {
    const headers = Object.fromEntries(fields);
    const clientRequest = request({ port, host: '127.0.0.1', method, path, headers, agent: false }, (res) => {
      const chunks: Buffer[] = [];
      res.on('data', (chunk: Buffer) => chunks.push(chunk));
      res.on('error', reject);
      res.on('end', () => {
        const names = Object.keys(res.headers).map((name) => [name, String(res.headers[name])] as const);
        resolve({
          status: res.statusCode ?? 0,
          headers: Object.fromEntries(names),
          body: Buffer.concat(chunks),
        });
        clientRequest.destroy();
      });
    });
    clientRequest.on('error', reject);
    clientRequest.end();
  });
}
