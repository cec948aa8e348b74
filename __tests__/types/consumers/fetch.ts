import { Hono } from 'hono';
import { SharedDataMiddleware } from 'shared-data-middleware';
import { fetchHandler, type FetchHandler } from 'shared-data-middleware/fetch';

const files: FetchHandler = fetchHandler(new SharedDataMiddleware(null, { '/files': '.' }));

export const app = new Hono();
app.use(async (context, next) => (await files(context.req.raw)) ?? next());

/** What Bun, Deno and service workers take. */
export const serve = async (request: Request): Promise<Response> =>
  (await files(request)) ?? new Response('no such page', { status: 404 });

/** Never called: each line is a mistake that the compiler finds. */
export function mistakes(): void {
  // @ts-expect-error a path is no request
  app.use((context) => files(context.req.path));
  // @ts-expect-error a request may have no answer
  const response: Promise<Response> = files(new Request('http://localhost/'));
  void response;
  // @ts-expect-error a folder is for the constructor
  fetchHandler('public');
}
