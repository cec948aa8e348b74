import type { RequestListener } from 'node:http';
import { SharedDataMiddleware } from '../../src/index';
import { folderWith } from '../support/files';
import { app, rawRequest, serve } from '../support/server';

const folder = folderWith({ 'a.txt': 'content', 'snow ☃.txt': 'snow', 'docs/index.html': 'docs' });
const shared = new SharedDataMiddleware(app, { '/': folder }, { index: 'index.html' });

/** Ways to call the middleware with a URL that code in front has rewritten. */
const callers: Record<string, (url: string) => RequestListener> = {
  listener: (url) => (req, res) => {
    req.url = url;
    shared.listener(req, res);
  },
  middleware: (url) => (req, res) => {
    req.url = url;
    shared.middleware(req, res, (error) => {
      if (error === undefined) app(req, res);
      else res.writeHead(500).end();
    });
  },
};

describe.each(Object.entries(callers))('the %s, after code in front has rewritten the URL', (_name, call) => {
  test.each([
    ['to characters outside of ASCII', '/snow ☃.txt', '404 '],
    ['to characters outside of the basic plane', '/\u{1F600}', '404 '],
    ['to a lone surrogate', '/\uD83D', '404 '],
    ['to a file, with a lone surrogate in the query', '/a.txt?\uD83D', '200 '],
    ['to a file, with a pair of surrogates in the query', '/a.txt?\u{1F600}', '200 '],
    ['to a directory, with a lone surrogate in the query', '/docs?\uD83D', '308 ./docs/?%EF%BF%BD'],
    ['to a directory, with a pair of surrogates in the query', '/docs?\u{1F600}', '308 ./docs/?%F0%9F%98%80'],
  ])('%s, serves it or passes it on', async (_what, url, expected) => {
    const { port } = await serve(call(url));
    const { status, headers } = await rawRequest(port, 'GET', '/anything');
    expect(`${status} ${headers['location'] ?? ''}`).toBe(expected);
  });
});
