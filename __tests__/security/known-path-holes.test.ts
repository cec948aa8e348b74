import express from 'express';
import { SharedDataMiddleware } from '../../src';
import { isPlainOnWindows } from '../../src/paths/windows-names';
import { folderWith } from '../support/files';
import { app, rawRequest, serve } from '../support/server';

const SECRET = 'what the guard protects';

const parent = folderWith({
  'outside.txt': SECRET,
  'site/public.txt': 'public',
  'site/private/key.txt': SECRET,
  'site/x/y.txt': 'public',
});
const site = `${parent}/site`;

interface Guarded {
  readonly start: () => Promise<{ port: number }>;
  /** The path that precedes each target. */
  readonly mount: string;
}

/** Ways to protect `/private`: the option `disallow`, and a guard in Express. */
const guarded: Record<string, Guarded> = {
  'as a listener, with disallow': {
    start: () => serve(new SharedDataMiddleware(app, { '/': site }, { disallow: 'private/' }).listener),
    mount: '',
  },
  'behind an Express guard': { start: () => serveWithGuard(''), mount: '' },
  'mounted at a path, behind an Express guard': {
    start: () => serveWithGuard('/files'),
    mount: '/files',
  },
};

function serveWithGuard(mount: string): Promise<{ port: number }> {
  const web = express();
  web.use(`${mount}/private`, (_req, res) => res.sendStatus(403));
  web.use(`${mount}/`, new SharedDataMiddleware(null, { '/': site }).middleware);
  return serve(web);
}

/** Known vulnerabilities, and the targets that exploited them. */
const vulnerabilities: Record<string, readonly string[]> = {
  'CVE-2026-29087 (@hono/node-server): an encoded slash': [
    '/private%2Fkey.txt',
    '/private%2fkey.txt',
    '/%2Fprivate/key.txt',
  ],
  'CVE-2026-6414, GHSA-x428-ghpx-8j92 (@fastify/static): an encoded slash': [
    '/x%2F..%2Fprivate%2Fkey.txt',
    '/x/..%2fprivate/key.txt',
    '/.%2Fprivate/key.txt',
  ],
  'GHSA-vfp3-v2gw-7wfq (Echo): an encoded slash or backslash': [
    '/private%5Ckey.txt',
    '/private%5ckey.txt',
    '/x%5c..%5cprivate%5ckey.txt',
    '/private\\key.txt',
  ],
  'CVE-2026-39406 (@hono/node-server): repeated slashes': [
    '//private/key.txt',
    '///private//key.txt',
    '/private//key.txt',
    '/x//../private/key.txt',
  ],
  'CVE-2026-15074 (@fastify/static): dot segments within the root': [
    '/x/../private/key.txt',
    '/./private/key.txt',
    '/private/./key.txt',
    '/x/%2e%2e/private/key.txt',
  ],
  'GHSA-8pvw-jcv7-9cmj (@fastify/static): encoded dot segments within the root': [
    '/%2e/private/key.txt',
    '/x/%2E%2E/private/key.txt',
    '/x/.%2e/private/key.txt',
    '/private/%2e/key.txt',
  ],
  'GHSA-pr96-94w5-mx2h (@fastify/static): dot segments that leave the root': [
    '/../outside.txt',
    '/x/../../outside.txt',
    '/x/..%2f..%2foutside.txt',
    '/..',
    '/../',
    '/x/../../',
  ],
  'facil.io #170: a target without a leading slash, or in absolute form': [
    '../outside.txt',
    'private/key.txt',
    '..%2foutside.txt',
    'http://h/../outside.txt',
    'http://h//private/key.txt',
    'http://h/x/../private/key.txt',
    'http:///private/key.txt',
    'ftp://h/private/key.txt',
  ],
  'needless escapes, which a guard does not decode': [
    '/%70rivate/key.txt',
    '/privat%65/key.txt',
    '/%2570rivate/key.txt',
    '/private%00/key.txt',
    '/private%2500/key.txt',
  ],
};

describe.each(Object.entries(guarded))('%s', (_setup, { start, mount }) => {
  describe.each(Object.entries(vulnerabilities))('%s', (_vulnerability, targets) => {
    test.each(targets)('%s does not reveal the protected file', async (target) => {
      const { port } = await start();
      const asSent = target.startsWith('/') ? mount + target : target;
      const { status, body, headers } = await rawRequest(port, 'GET', asSent);
      expect(body.toString()).not.toContain(SECRET);
      expect([308, 400, 403, 404]).toContain(status);
      // The guard compares with the target that a redirect leads to.
      if (status === 308) {
        const { pathname } = new URL(headers['location'] ?? '', `http://localhost${asSent}`);
        expect((await rawRequest(port, 'GET', pathname)).status).toBe(403);
      }
    });
  });

  test('the canonical path is protected, and other files are served', async () => {
    const { port } = await start();
    expect((await rawRequest(port, 'GET', `${mount}/private/key.txt`)).body.toString()).not.toContain(SECRET);
    expect((await rawRequest(port, 'GET', `${mount}/public.txt`)).body.toString()).toBe('public');
    expect((await rawRequest(port, 'GET', `${mount}/x/y.txt`)).body.toString()).toBe('public');
  });
});

describe('names with a special meaning on Windows are refused there', () => {
  test.each([
    ...['CON', 'nul', 'Aux.txt', 'prn.html', 'com1', 'LPT9.log', 'CON .txt', 'nul:', 'conin$', 'COM¹'],
    ...['static/CON', 'a/b/nul.css', 'a\\aux', 'nul.tar.gz', 'com1 ', 'css/prn. '],
  ])('the device %s (CVE-2025-66221, CVE-2026-27199 in Werkzeug)', (path) => {
    expect(isPlainOnWindows(path)).toBe(false);
  });

  test.each([
    'C:/secret.txt',
    'c:secret.txt',
    'x/C:/secret.txt',
    'Z:\\secret',
    'a.txt:stream',
    'a.txt::$DATA',
  ])('the drive or stream %s (CVE-2024-49766, Werkzeug #1589)', (path) => {
    expect(isPlainOnWindows(path)).toBe(false);
  });

  test.each(['console.txt', 'null.js', 'aux-1.css', 'com10', 'x/contact.html', 'lpt.txt', 'a.nul'])(
    'except %s, which has no special meaning',
    (path) => {
      expect(isPlainOnWindows(path)).toBe(true);
    },
  );
});
