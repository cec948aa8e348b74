import { publicError } from '../errors';
import type { Answer } from '../http/answer';
import { hasNeedlessEscape } from '../http/request-path';
import type { SharedRequest } from '../loaders/loader';
import type { SharedDataMiddleware } from '../shared-data';

/**
 * The answer for a request to a framework, or null where its own routes are to answer: also for a target such as
 * `/%70rivate`, which would pass a guard on `/private`. Rejects with an error that framework's handlers may show.
 */
export async function guardedAnswer(
  shared: SharedDataMiddleware,
  request: SharedRequest,
): Promise<Answer | null> {
  if (hasNeedlessEscape(request.url ?? '')) return null;
  try {
    return await shared.answer(request);
  } catch (error) {
    throw publicError(error);
  }
}

/** The same bytes as a Buffer: frameworks take other arrays for objects to be sent as JSON. */
export function bufferOf(bytes: Uint8Array): Buffer {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
}
