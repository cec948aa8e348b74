import { Hono } from 'hono';
import { SharedDataMiddleware } from 'shared-data-middleware';
import { fetchHandler, type FetchHandler } from 'shared-data-middleware/fetch';

const files: FetchHandler = fetchHandler(new SharedDataMiddleware(null, { '/files': '.' }));

export const app = new Hono();
app.use(async (context, next) => (await files(context.req.raw)) ?? next());

/** A handler for Bun, Deno and service workers. */
export const serve = async (request: Request): Promise<Response> =>
  (await files(request)) ?? new Response('no such page', { status: 404 });

/** Never called. The compiler must report each line. */
export function mistakes(): void {
  // @ts-expect-error a path is not a Request
  app.use((context) => files(context.req.path));
  // @ts-expect-error the response can be null
  const response: Promise<Response> = files(new Request('http://localhost/'));
  void response;
  // @ts-expect-error the argument is a SharedDataMiddleware, not a directory
  fetchHandler('public');
}
