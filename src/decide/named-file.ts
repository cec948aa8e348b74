import { create } from 'content-disposition';
import { isGetOrHead } from '../http/methods';
import { withResponseStatus } from '../http/status-in-front';
import type { ResolvedFile } from '../match/find-file';
import type { CheckedFileOptions } from '../options/file-options';
import type { LoaderResult, SharedRequest } from '../types';

/**
 * A file that a handler sends, as {@link Responder.respondAllowed} gets it. With a status other than 200, and to a
 * request with another method than GET and HEAD, the whole file is the response.
 *
 * @param filename the name that the handler has given
 */
export function namedFile(
  [basename, open, openEncoded, openDelta]: LoaderResult,
  request: SharedRequest,
  filename: string,
  options: CheckedFileOptions,
): ResolvedFile {
  const { root, status = request.responseStatus ?? 200 } = options;
  const isPlain = status === 200 && isGetOrHead(request);
  return {
    filename: basename,
    open,
    openEncoded,
    openDelta,
    lookup: {
      prefix: '',
      path: root === undefined ? null : filename,
      request: withResponseStatus(request, isPlain ? undefined : status),
    },
    setHeaders: fieldSetter(options, basename, status),
  };
}

/**
 * What changes the header fields of the file. Undefined if nothing does. An error page must not have the lifetime of a
 * file.
 */
function fieldSetter(
  { headers, download }: CheckedFileOptions,
  basename: string,
  status: number,
): ResolvedFile['setHeaders'] {
  if (headers === undefined && download === false && status < 400) return undefined;
  return (fields) => {
    if (status >= 400) fields.set('Cache-Control', 'no-store');
    if (download !== false)
      fields.set('Content-Disposition', attachment(download === true ? basename : download));
    for (const name of headers?.keys() ?? []) fields.delete(name);
    for (const [name, value] of headers ?? []) fields.append(name, value);
  };
}

/**
 * The package encodes what a field must not have (RFC 6266 §4.3, RFC 8187). Clients ignore the path in a name, or
 * should.
 */
function attachment(name: string): string {
  return create(name.replace(/[/\\]/g, '_'));
}
