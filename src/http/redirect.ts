import type { Answer, RedirectStatus } from '../types';
import { escapeHtml } from './html';

/**
 * Redirects a request for a directory to its URL with a slash. The query is kept.
 *
 * The Location is relative: `./`, then the last segment. So it cannot name another host, as `//evil.example/`
 * would (CVE-2015-1164), or a scheme.
 */
export function redirectToSlash(status: RedirectStatus, target: string): Answer {
  const end = target.search(/\?|$/);
  const [path, query] = [target.slice(0, end), target.slice(end)];
  return redirect(status, `./${path.slice(path.lastIndexOf('/') + 1)}/${query}`);
}

/** Redirects to a relative reference. The body has no script (CVE-2024-43800). */
export function redirect(status: RedirectStatus, reference: string): Answer {
  const location = reference.replace(/[^!-~]+/g, escapeBytes);
  const link = escapeHtml(location);
  const body = Buffer.from(
    `<!doctype html>\n<html lang="en"><title>Redirecting</title><p>Redirecting to <a href="${link}">${link}</a>.</p></html>\n`,
  );
  const headers = ['Location', location, 'Content-Type', 'text/html; charset=utf-8'];
  headers.push('Content-Length', String(body.length), 'Cache-Control', 'no-cache');
  headers.push('Content-Security-Policy', "default-src 'none'", 'X-Content-Type-Options', 'nosniff');
  return { status, headers, body };
}

/** Unlike `encodeURIComponent`, it does not throw at a lone surrogate: middleware in front may rewrite URLs. */
function escapeBytes(text: string): string {
  return Buffer.from(text).toString('hex').toUpperCase().replace(/../g, '%$&');
}
