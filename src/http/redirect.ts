import type { Answer } from './answer';

/** The statuses of a redirect that stays: 308 keeps the method, 301 is what old clients know (RFC 9110 §15.4). */
export type RedirectStatus = 301 | 308;

/**
 * Sends a request for a directory on to its URL with a slash, query kept.
 *
 * The Location is the last segment, relative and after `./`: it can name neither another host, as `//evil.example/`
 * would (CVE-2015-1164), nor a scheme. The body has no script (CVE-2024-43800).
 */
export function redirectToSlash(status: RedirectStatus, target: string): Answer {
  const end = target.search(/\?|$/);
  const [path, query] = [target.slice(0, end), target.slice(end)];
  const location = `./${path.slice(path.lastIndexOf('/') + 1)}/${query}`.replace(
    /[^!-~]/g,
    encodeURIComponent,
  );
  const link = escapeHtml(location);
  const body = Buffer.from(
    `<!doctype html>\n<html lang="en"><title>Redirecting</title><p>Redirecting to <a href="${link}">${link}</a>.</p></html>\n`,
  );
  const headers = ['Location', location, 'Content-Type', 'text/html; charset=utf-8'];
  headers.push('Content-Length', String(body.length), 'Cache-Control', 'no-cache');
  headers.push('Content-Security-Policy', "default-src 'none'", 'X-Content-Type-Options', 'nosniff');
  return { status, headers, body };
}

/** A text as it stands in HTML, in attributes too. */
export function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
}
