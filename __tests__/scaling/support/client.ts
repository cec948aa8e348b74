import { request } from 'node:http';
import type { RawAnswer } from '../../support/server';

/**
 * Asks, and has the answer as soon as it is whole: nginx may keep the connection for longer, to renew its copy. Rejects if
 * the answer is cut short.
 */
export function ask(
  port: number,
  method: string,
  path: string,
  fields: readonly (readonly [string, string])[] = [],
): Promise<RawAnswer> {
  return new Promise((resolve, reject) => {
    const headers = Object.fromEntries(fields);
    const asked = request({ port, host: '127.0.0.1', method, path, headers, agent: false }, (res) => {
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
        asked.destroy();
      });
    });
    asked.on('error', reject);
    asked.end();
  });
}
