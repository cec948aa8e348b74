import { createServer, type RequestListener, type Server } from 'node:http';
import { connect, type AddressInfo } from 'node:net';

export { app } from './app';

const servers: Server[] = [];

afterEach(async () => {
  for (const server of servers.splice(0)) {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  }
});

/** Starts a server on a free loopback port. It is stopped after the test. */
export async function serve(
  listener: RequestListener,
): Promise<{ origin: string; port: number; server: Server }> {
  const server = createServer(listener);
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return { origin: `http://127.0.0.1:${port}`, port, server };
}

/** A free port, for a server in another process. */
export async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}

/** A response as it was received. */
export interface RawAnswer {
  readonly status: number;
  /** Names are in lower case. The values of a repeated header are joined by commas. */
  readonly headers: Record<string, string>;
  readonly body: Buffer;
}

/**
 * Sends a request whose target and headers are not normalized. Reads the response until the server closes
 * the connection.
 */
export async function rawRequest(
  port: number,
  method: string,
  target: string,
  headers: readonly (readonly [string, string])[] = [],
): Promise<RawAnswer> {
  const fields = [['Host', 'localhost'], ['Connection', 'close'], ...headers];
  const head = [
    `${method} ${target} HTTP/1.1`,
    ...fields.map(([name = '', value = '']) => `${name}: ${value}`),
  ];
  return parseAnswer(await rawExchange(port, Buffer.from(`${head.join('\r\n')}\r\n\r\n`, 'latin1')));
}

/** Sends bytes and resolves with all bytes received until the server closes the connection. */
export function rawExchange(port: number, bytes: Uint8Array): Promise<Buffer> {
  const socket = connect(port, '127.0.0.1');
  socket.write(bytes);
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    socket.on('data', (chunk: Buffer) => chunks.push(chunk));
    socket.on('error', reject);
    socket.on('close', () => {
      resolve(Buffer.concat(chunks));
    });
  });
}

/** Parses one response. Its body is everything after the header section. */
export function parseAnswer(bytes: Buffer): RawAnswer {
  const end = bytes.indexOf('\r\n\r\n');
  const [statusLine = '', ...lines] = bytes.subarray(0, end).toString('latin1').split('\r\n');
  const headers: Record<string, string> = {};
  for (const line of lines) {
    const colon = line.indexOf(':');
    const name = line.slice(0, colon).toLowerCase();
    const value = line.slice(colon + 1).trim();
    headers[name] = name in headers ? `${headers[name] ?? ''}, ${value}` : value;
  }
  return { status: Number(statusLine.split(' ')[1]), headers, body: bytes.subarray(end + 4) };
}

/**
 * Expects that Expires is a number of seconds after Date, or absent for null. One second more or less is
 * accepted: Node formats Date once per second, and a second may end between the two fields.
 */
export function expectLifetime({ headers }: Pick<RawAnswer, 'headers'>, seconds: number | null): void {
  const { date = '', expires } = headers;
  if (seconds === null) {
    expect(expires).toBeUndefined();
    return;
  }
  const difference = (Date.parse(expires ?? '') - Date.parse(date)) / 1000;
  expect(Math.abs(difference - seconds)).toBeLessThanOrEqual(1);
}
