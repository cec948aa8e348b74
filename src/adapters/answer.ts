import type { ServerResponse } from 'node:http';
import { Readable } from 'node:stream';
import { FIELD_VALUE, fieldPairs, mergeHeaders, type FieldsInFront } from '../http/header-fields';
import { withStatusInFront } from '../http/status-in-front';
import type { SharedDataMiddleware } from '../middleware';
import { guardedRequest } from '../paths/canonical-target';
import { abortResponse } from '../send/abort-response';
import { publicError } from '../send/error-response';
import { headersFor } from '../send/patched-response';
import { onResponseEnd } from '../send/socket-close';
import type { Answer, SharedRequest } from '../types';
import { closeQuietly } from '../util/resource';

/**
 * The response to a request of a framework, or null if the framework is to respond. A target such as
 * `/%70rivate`, which would pass a guard on `/private`, is redirected.
 *
 * @param status the status that code in front has set for the response
 * @throws an error that the framework's error handlers may show, or rejects with it
 */
export async function frameworkAnswer(
  shared: SharedDataMiddleware,
  request: SharedRequest,
  status = 200,
): Promise<Answer | null> {
  try {
    return await shared.answer(withStatusInFront(guardedRequest(request), status));
  } catch (error) {
    throw publicError(error);
  }
}

/**
 * The fields to set on the response of a framework, whose fields so far are in `front`.
 *
 * @throws TypeError for an invalid value, before `front` is changed: Fastify would not respond at all
 */
export function fieldsToSet(
  answer: Answer,
  front: FieldsInFront,
  res?: ServerResponse,
): [name: string, value: string][] {
  for (const [name, value] of fieldPairs(answer.headers)) {
    if (!FIELD_VALUE.test(value)) throw new TypeError(`invalid characters in the header field ${name}`);
  }
  const headers = res === undefined ? answer.headers : headersFor(answer, res);
  return [...fieldPairs(mergeHeaders(headers, answer, front))];
}

/** The same bytes as a Buffer. Frameworks take other arrays for objects to be sent as JSON. */
export function toBuffer(bytes: Uint8Array): Buffer {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
}

/**
 * Closes an answer that a framework sends, when the response has ended or its connection is closed. If the body
 * fails, the connection is closed: the frameworks would send a text with the fields of the file, or end the
 * response as if it were complete.
 */
export function closeAfterResponse(answer: Answer, res: ServerResponse): void {
  if (answer.body instanceof Readable)
    answer.body.on('error', () => {
      abortResponse(res);
    });
  onResponseEnd(res, () => {
    abandonAnswer(answer);
  });
}

/** Closes an answer whose body is not read any further. */
export function abandonAnswer(answer: Answer): void {
  if (answer.body instanceof Readable) answer.body.destroy();
  closeQuietly(answer);
}
