// Serves the exports of the guarantees in any runtime, with the packed package, and prints the port. The arguments are
// `http` or `fetch`, the directory to export, and `compress` for this option.
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { SharedDataMiddleware } from 'shared-data-middleware';
import { fetchHandler } from 'shared-data-middleware/fetch';
import { app } from '../../../support/app';
import { testExports } from '../../frameworks/support/exports';

type FetchServer = (options: {
  readonly port: 0;
  readonly hostname: '127.0.0.1';
  readonly fetch: (request: Request) => Promise<Response>;
}) => unknown;

/** The parts of both runtimes that the Fetch API needs. */
interface Runtimes {
  readonly Bun?: { serve: (...args: Parameters<FetchServer>) => { readonly port: number } };
  readonly Deno?: { serve: (options: object, handler: (request: Request) => Promise<Response>) => unknown };
}

const [, , api, folder = '', compress] = process.argv;
const shared = new SharedDataMiddleware(app, testExports(folder), {
  index: 'index.html',
  precompressed: true,
  compress: compress === 'compress' && { minSize: 0 },
});

function print(port: number): void {
  console.log(port);
}

function serveHttp(): void {
  const server = createServer(shared.listener);
  server.listen(0, '127.0.0.1', () => {
    print((server.address() as AddressInfo).port);
  });
}

function serveFetch(): void {
  const files = fetchHandler(shared);
  const respond = async (request: Request): Promise<Response> =>
    (await files(request)) ?? new Response('APP\n', { status: 404, headers: { 'X-App': '1' } });
  const address = { port: 0, hostname: '127.0.0.1' } as const;
  const { Bun, Deno } = globalThis as Runtimes;
  if (Bun !== undefined) print(Bun.serve({ ...address, fetch: respond }).port);
  Deno?.serve(
    {
      ...address,
      onListen: ({ port }: { port: number }) => {
        print(port);
      },
    },
    respond,
  );
}

if (api === 'fetch') serveFetch();
else serveHttp();
