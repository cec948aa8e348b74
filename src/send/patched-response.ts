import compressible from 'compressible';
import type { ServerResponse } from 'node:http';
import { weakTag } from '../http/entity-tags';
import { fieldPairs } from '../http/header-fields';
import type { Answer, HeaderFields } from '../types';

/** Whether middleware in front has replaced a method of this response, as `on-headers` and `compression` do. */
export function isPatched(res: ServerResponse, method: 'write' | 'writeHead'): boolean {
  return Object.hasOwn(res, method);
}

/**
 * Writes the head of a response. A replaced `writeHead` may not know the flat list of fields that Node takes
 * (`on-headers` until 1.0.2), so the fields are then set one by one.
 */
export function writeHead(res: ServerResponse, status: number, headers: HeaderFields): void {
  if (!isPatched(res, 'writeHead')) {
    res.writeHead(status, headers);
    return;
  }
  for (const [name] of fieldPairs(headers)) res.removeHeader(name);
  for (const [name, value] of fieldPairs(headers)) res.appendHeader(name, value);
  res.writeHead(status);
}

/** The fields of an answer for a response. They differ if middleware in front may compress its content. */
export function headersFor(answer: Answer, res: ServerResponse): HeaderFields {
  return isPatched(res, 'write') ? changeableHeaders(answer) : answer.headers;
}

/**
 * The fields of an answer whose content middleware in front may compress: its ETag must be weak, because the
 * same ETag would otherwise stand for other bytes (RFC 9110 §8.8.1), and a download that is resumed with
 * If-Range would mix the two. A digest would be that of other bytes (RFC 9530 §3).
 */
function changeableHeaders({ headers, status, contentType }: Answer): HeaderFields {
  const fields = new Map([...fieldPairs(headers)].map(([name, value]) => [name.toLowerCase(), value]));
  const isFinal = fields.has('content-encoding') || /no-transform/i.test(fields.get('cache-control') ?? '');
  // A 304 has no Content-Type, and that of a 206 may be multipart.
  const type = status === 200 ? fields.get('content-type') : contentType;
  if (isFinal || compressible(type ?? '') !== true) return headers;
  return [...fieldPairs(headers)].flatMap(([name, value]) => {
    const lowerCase = name.toLowerCase();
    if (lowerCase === 'repr-digest') return [];
    return [name, lowerCase === 'etag' ? weakTag(value) : value];
  });
}
