import { STATUS_CODES } from 'node:http';
import { plainAnswer, type Answer } from './http/answer';

const STATUS_OF_CODE: Readonly<Record<string, number | undefined>> = {
  EACCES: 403,
  EPERM: 403,
  EMFILE: 503,
  ENFILE: 503,
};

/** Seconds after which a client may ask again when descriptors have run out. */
const RETRY_AFTER = '1';

/** The answer that an error asks for by its own status (`status` or `statusCode`, 400 to 599) or its system code. */
export function errorAnswer(error: unknown): Answer {
  const status = ownStatus(error) ?? statusOfCode(error) ?? 500;
  return status === 503 ? plainAnswer(status, 'Retry-After', RETRY_AFTER) : plainAnswer(status);
}

/**
 * The error that a framework's error handler gets: one of the file system as an error with a status and a
 * message without the path; any other as it is.
 */
export function publicError(error: unknown): unknown {
  const status = ownStatus(error) === undefined ? statusOfCode(error) : undefined;
  if (status === undefined) return error;
  return Object.assign(new Error(STATUS_CODES[status], { cause: error }), { status, statusCode: status });
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
