import type { ByteRange } from '../http/byte-ranges';
import { cachePolicy } from '../http/caching';
import { httpDate } from '../http/date';
import { decide } from '../http/decide';
import { entityTag } from '../http/entity-tags';
import { Representation } from '../http/representation';
import type { SharedRequest } from '../loaders/loader';
import type { ObjectFacts } from './object-facts';

/**
 * The bytes that will be read first for the answer to a request, or null where none will: for a HEAD, a 304, a 412. It is
 * a guess, since subclasses and options may decide otherwise; a wrong one costs a request to the store, and nothing else.
 */
export function firstRange(request: SharedRequest, { size, mtime, etag }: ObjectFacts): ByteRange | null {
  const representation = new Representation({
    contentType: '',
    coding: undefined,
    varies: false,
    size,
    etag: entityTag(etag),
    lastModified: httpDate(Math.min(mtime.getTime(), Date.now())),
    caching: cachePolicy('public'),
    conditional: true,
    acceptsRanges: true,
  });
  const { content } = decide(request, representation);
  const range = content !== null && 'parts' in content ? content.parts[0]?.range : undefined;
  return range === undefined || range.end < range.start ? null : range;
}
