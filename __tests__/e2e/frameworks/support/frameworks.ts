import 'reflect-metadata';
import { serve as serveHono } from '@hono/node-server';
import { Module, type ArgumentsHost, type NestModule } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import connect from 'connect';
import express from 'express';
import express4 from 'express-4';
import fastify from 'fastify';
import { Hono } from 'hono';
import Koa from 'koa';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { createSecureServer, type Http2SecureServer } from 'node:http2';
import { createServer as createHttpsServer } from 'node:https';
import polka from 'polka';
import type { SharedDataMiddleware } from '../../../../src/index';
import { fastifyPlugin } from '../../../../src/adapters/fastify';
import { fetchHandler } from '../../../../src/adapters/fetch';
import { koaMiddleware } from '../../../../src/adapters/koa';
import { app } from '../../../support/app';
import { certificate } from '../../../support/tls';
/** A server that listens on a free port and can be stopped. */
export type ListeningServer = Server | Http2SecureServer;

/** Header fields that a middleware in front sets on each response. */
export type FieldsInFront = Readonly<Record<string, string>>;

/** A framework with the middleware, and an application that handles all other requests as `app` does. */
export interface Framework {
  readonly protocol: 'http' | 'https' | 'h2';
  /** True if a file is served only at its canonical target, because code in front may guard paths. */
  readonly isGuarded: boolean;
  readonly start: (shared: SharedDataMiddleware, front?: FieldsInFront) => Promise<ListeningServer>;
}

/** The header fields of an error, which Express sends where no error handler was added. */
function headersOf(error: unknown): Record<string, string> {
  return (error as { headers?: Record<string, string> }).headers ?? {};
}

/** The status that the error handlers of frameworks send for an error. */
function statusOf(error: unknown): number {
  return (error as { status?: number }).status ?? 500;
}

function listen<T extends ListeningServer>(server: T): Promise<T> {
  return new Promise((resolve) => {
    server.listen(0, '127.0.0.1', () => {
      resolve(server);
    });
  });
}

function withNode(
  start: (shared: SharedDataMiddleware, front: FieldsInFront) => ListeningServer,
): Framework['start'] {
  return (shared, front = {}) => listen(start(shared, front));
}

/** A middleware that sets the fields in front. */
function setFields(front: FieldsInFront): SharedDataMiddleware['middleware'] {
  return (_req, res, next) => {
    for (const [name, value] of Object.entries(front)) res.setHeader(name, value);
    next();
  };
}

/** The listener behind the middleware that sets the fields in front. */
function listenerBehind(
  front: FieldsInFront,
  shared: SharedDataMiddleware,
): SharedDataMiddleware['listener'] {
  const set = setFields(front);
  return (req, res) => {
    set(req as IncomingMessage, res as ServerResponse, () => {
      shared.listener(req, res);
    });
  };
}

function expressLike(make: typeof express): Framework['start'] {
  return withNode((shared, front) => {
    const web = make();
    web.use(setFields(front));
    web.use(shared.middleware);
    web.use(app);
    web.use((error: unknown, _req: express.Request, res: express.Response, next: express.NextFunction) => {
      if (res.headersSent) next(error);
      else
        res
          .status(statusOf(error))
          .set(headersOf(error))
          .send((error as Error).message);
    });
    return createServer(web);
  });
}

const guarded = { protocol: 'http', isGuarded: true } as const;

/** One for each way to send a response. */
export const FRONT_ENDS = [
  'node:http',
  'node:http2',
  'Express 5',
  'Koa',
  'Fastify',
  'Hono, with fetchHandler',
] as const;

export type FrontEnd = (typeof FRONT_ENDS)[number];

export const frameworks: Record<string, Framework> = {
  'node:http': {
    protocol: 'http',
    isGuarded: false,
    start: withNode((shared, front) => createServer(listenerBehind(front, shared))),
  },
  'node:https': {
    protocol: 'https',
    isGuarded: false,
    start: withNode((shared, front) => createHttpsServer(certificate, listenerBehind(front, shared))),
  },
  'node:http2': {
    protocol: 'h2',
    isGuarded: false,
    start: withNode((shared, front) => createSecureServer(certificate, listenerBehind(front, shared))),
  },
  'Express 5': { ...guarded, start: expressLike(express) },
  'Express 4': { ...guarded, start: expressLike(express4) },
  Connect: {
    ...guarded,
    start: withNode((shared, front) => {
      const web = connect();
      web.use(setFields(front));
      web.use(shared.middleware);
      web.use(app);
      return createServer(web);
    }),
  },
  Polka: {
    ...guarded,
    start: withNode((shared, front) => {
      const web = polka({
        onError: (error, _req, res) => {
          res.writeHead(statusOf(error), headersOf(error)).end(String(error));
        },
      });
      web.use(setFields(front), shared.middleware, app);
      return createServer((req, res) => {
        web.handler(req as never, res);
      });
    }),
  },
  Koa: {
    ...guarded,
    start: withNode((shared, front) => {
      const koa = new Koa();
      koa.silent = true;
      koa.use((context, next) => {
        context.set(front);
        return next();
      });
      koa.use(koaMiddleware(shared));
      koa.use((context) => {
        context.status = 404;
        context.set('X-App', '1');
        context.body = 'APP\n';
      });
      const respond = koa.callback();
      return createServer((req, res) => void respond(req, res));
    }),
  },
  Fastify: {
    ...guarded,
    start: async (shared, front = {}) => {
      const web = fastify();
      web.addHook('onRequest', async (_request, reply) => {
        reply.headers(front);
      });
      await web.register(fastifyPlugin, { shared });
      web.setNotFoundHandler((_request, reply) => reply.code(404).header('X-App', '1').send('APP\n'));
      await web.listen({ port: 0, host: '127.0.0.1' });
      return web.server;
    },
  },
  'Hono, with fetchHandler': {
    ...guarded,
    start: (shared, front = {}) => {
      const files = fetchHandler(shared);
      const web = new Hono();
      web.use(async (context, next) => {
        for (const [name, value] of Object.entries(front)) context.header(name, value);
        await next();
      });
      web.use(async (context, next) => (await files(context.req.raw, context.res.headers)) ?? next());
      web.notFound((context) => context.text('APP\n', 404, { 'X-App': '1' }));
      return new Promise((resolve) => {
        const server = serveHono({ fetch: web.fetch, port: 0, hostname: '127.0.0.1' }, () => {
          resolve(server as Server);
        });
      });
    },
  },
  NestJS: {
    ...guarded,
    start: async (shared, front = {}) => {
      class Root implements NestModule {
        configure(): void {
          return undefined;
        }
      }
      Module({})(Root);
      // eslint-disable-next-line @typescript-eslint/no-unsafe-class-instance-assignment -- documented by Nest
      const nest = await NestFactory.create(Root, { logger: false });
      nest.useGlobalFilters({
        catch(error: unknown, host: ArgumentsHost) {
          const response = host.switchToHttp().getResponse<express.Response>();
          if (response.headersSent) return;
          response
            .status(statusOf(error))
            .set(headersOf(error))
            .send((error as Error).message);
        },
      });
      nest.use(setFields(front));
      nest.use(shared.middleware);
      nest.use(app);
      await nest.listen(0, '127.0.0.1');
      return nest.getHttpServer() as Server;
    },
  },
};
