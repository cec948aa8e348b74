import { STATUS_CODES } from 'node:http';
import { plainResponse } from '../http/plain-response';
import { RETRY_AFTER } from '../http/unavailable';
import type { Answer } from '../types';
import { isSystemError } from '../util/fs-errors';

const STATUS_OF_CODE: Readonly<Record<string, number | undefined>> = {
  EACCES: 403,
  EPERM: 403,
  EMFILE: 503,
  ENFILE: 503,
  // A mount whose server is gone, such as one of FUSE.
  ENOTCONN: 503,
};

/**
 * The response to an error: its own `status` or `statusCode` (400 to 599), that of its system code, or 500.
 */
export function errorResponse(error: unknown): Answer {
  const status = ownStatus(error) ?? statusOfCode(error) ?? 500;
  return status === 503 ? plainResponse(status, 'Retry-After', RETRY_AFTER) : plainResponse(status);
}

/**
 * The error for the error handler of a framework. An error of the file system becomes one with a status and
 * without the path in its message, and so does a thrown value that is no object. Other errors stay as they are.
 */
export function publicError(error: unknown): unknown {
  const status = ownStatus(error) === undefined ? publicStatus(error) : undefined;
  if (status === undefined) return error;
  const headers = status === 503 ? { 'Retry-After': RETRY_AFTER } : {};
  return Object.assign(new Error(STATUS_CODES[status], { cause: error }), {
    status,
    statusCode: status,
    headers,
  });
}

/** The error for a file that a handler sends and that does not exist. It does not reveal a path. */
export function noSuchFile(): Error {
  return Object.assign(new Error('no such file'), { code: 'ENOENT', status: 404, statusCode: 404 });
}

/** The status of a value that is no error, or whose message may contain a path: those of system calls do. */
function publicStatus(error: unknown): number | undefined {
  // Frameworks take null for no error, and some texts for something else, such as 'route' in Express.
  const isHidden = isSystemError(error) || typeof error !== 'object' || error === null;
  return statusOfCode(error) ?? (isHidden ? 500 : undefined);
}

function ownStatus(error: unknown): number | undefined {
  const { status, statusCode } = (error ?? {}) as { status?: unknown; statusCode?: unknown };
  return [status, statusCode].find(
    (code): code is number =>
      typeof code === 'number' && Number.isInteger(code) && code >= 400 && code <= 599,
  );
}

function statusOfCode(error: unknown): number | undefined {
  return STATUS_OF_CODE[(error as NodeJS.ErrnoException | undefined)?.code ?? ''];
}
