import express from 'express';
import type { RequestListener } from 'node:http';
import { join } from 'node:path';
import { SharedDataMiddleware } from '../../../src';
import { app, rawRequest, serve, type RawAnswer } from '../../support/server';
import type { PeerCase, PeerTable } from './cases';

/** How requests reach the middleware. */
export const frontEnds = {
  listener: (shared: SharedDataMiddleware): RequestListener => shared.listener,
  Express: (shared: SharedDataMiddleware): RequestListener => express().use(shared.middleware).use(app),
};

export type FrontEnd = keyof typeof frontEnds;

/** A response, and the fields that `{etag}` and `{last-modified}` in the case stand for. */
export interface Received {
  readonly response: RawAnswer;
  readonly validators: Readonly<Record<string, string>>;
}

/** Sends the request of a case to a server of its own. */
export async function responseTo(
  testCase: PeerCase,
  table: PeerTable,
  frontEnd: FrontEnd,
  fixture: string,
): Promise<Received> {
  const { method = 'GET', target, fields = {} } = testCase;
  const listener = frontEnds[frontEnd](middlewareFor(testCase, table, fixture));
  const validators = hasPlaceholder(testCase) ? await validatorsAt(target, listener) : {};
  const { port } = await serve(behind(testCase, listener));
  const sent = Object.entries(fields).map(
    ([name, value]) => [name, withValidators(value, validators)] as const,
  );
  return { response: await rawRequest(port, method, target, sent), validators };
}

const PLACEHOLDER = /\{(etag|last-modified)\}/;

function hasPlaceholder(testCase: PeerCase): boolean {
  return PLACEHOLDER.test(JSON.stringify(testCase));
}

export function withValidators(value: string, validators: Received['validators']): string {
  return value.replace(PLACEHOLDER, (_, name: string) => validators[name] ?? '');
}

async function validatorsAt(target: string, listener: RequestListener): Promise<Received['validators']> {
  const { port } = await serve(listener);
  return (await rawRequest(port, 'GET', target)).headers;
}

function middlewareFor(testCase: PeerCase, table: PeerTable, fixture: string): SharedDataMiddleware {
  const { exports = [['/', table.root]], options, etag, setHeaders, isLast } = testCase;
  const targets = exports.map(([prefix, path]) => [prefix, join(fixture, path)] as const);
  const shared = new SharedDataMiddleware(isLast ? null : app, targets, { ...table.options, ...options });
  if (etag !== undefined) shared.generateEtag = () => etag;
  if (setHeaders !== undefined) {
    shared.setHeaders = (headers) => {
      for (const [name, value] of Object.entries(setHeaders)) headers.set(name, value);
    };
  }
  return shared;
}

/** The listener behind middleware that sets a status and fields. */
function behind({ inFront = {} }: PeerCase, listener: RequestListener): RequestListener {
  const { status, fields = {} } = inFront;
  return (req, res) => {
    if (status !== undefined) res.statusCode = status;
    for (const [name, value] of Object.entries(fields)) res.setHeader(name, value);
    listener(req, res);
  };
}
