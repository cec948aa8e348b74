import type { IncomingMessage } from 'node:http';
import type { Answer } from '../../types';
import type { ServeCommand } from '../args/arguments';
import type { HeaderField } from '../args/headers';

/** Pages of all origins may read the responses, and all of their fields, such as Content-Range. */
const CORS_FIELDS: readonly HeaderField[] = [
  ['Access-Control-Allow-Origin', ['*']],
  ['Access-Control-Expose-Headers', ['*']],
];

const NO_STORE: HeaderField = ['Cache-Control', ['no-store']];

/** The fields that the options add to each response. A later one replaces an earlier one of the same name. */
export function addedFields({
  cors,
  headers,
  options,
}: Pick<ServeCommand, 'cors' | 'headers' | 'options'>): readonly HeaderField[] {
  return [...(cors ? CORS_FIELDS : []), ...(options.cache === false ? [NO_STORE] : []), ...headers];
}

/**
 * The response to a CORS preflight request (https://fetch.spec.whatwg.org/#cors-preflight-request), which browsers
 * send before a GET with fields such as If-None-Match. Null for any other request.
 */
export function preflightAnswer({ method, headers }: IncomingMessage): Answer | null {
  if (method !== 'OPTIONS' || headers['access-control-request-method'] === undefined) return null;
  const fields = ['Access-Control-Allow-Methods', 'GET, HEAD', 'Access-Control-Allow-Headers', '*'];
  return { status: 204, headers: fields, body: null };
}
