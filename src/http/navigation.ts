import { lookup } from 'mime-types';
import { extname } from 'node:path';
import type { SharedRequest } from '../types';

const HTML = /^\s*text\/html\s*(?:;|$)/i;
const REFUSED = /;\s*q=0(?:\.0{0,3})?\s*(?:;|$)/i;

/**
 * Whether a browser requests a page, and not a file for one. Browsers say so in Sec-Fetch-Mode, but only to
 * secure origins. Other requests are for a page if they list the type of HTML by name and the target does not look
 * like that of a file: a script that is missing must not get a page, which the browser would then run.
 */
export function isNavigation({ url = '', headers }: SharedRequest): boolean {
  const { 'sec-fetch-mode': mode, accept = '' } = headers;
  if (mode !== undefined) return mode === 'navigate';
  return listsHtml(accept) && !hasKnownExtension(url);
}

/** Whether an Accept field has `text/html`. A wildcard does not count: programs that expect no page send it too. */
function listsHtml(accept: string): boolean {
  return accept.split(',').some((range) => HTML.test(range) && !REFUSED.test(range));
}

/** Whether the last segment of a target has the extension of a media type. That of `/@jane.doe` is none. */
function hasKnownExtension(target: string): boolean {
  const path = target.slice(0, target.search(/\?|$/));
  const extension = extname(path.slice(path.lastIndexOf('/') + 1));
  return extension.length > 1 && lookup(extension) !== false;
}
