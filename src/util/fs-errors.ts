const NOT_FOUND_CODES = new Set(['ENOENT', 'ENOTDIR', 'ENAMETOOLONG', 'ELOOP', 'EISDIR', 'ENXIO']);

/**
 * Whether an error means that a name is not that of a file: nothing there, a directory, too long, a loop of
 * links.
 */
export function isNotFoundError(error: unknown): boolean {
  return NOT_FOUND_CODES.has(codeOf(error) ?? '');
}

/** Whether an error means that an open file is no longer the one that its name leads to. */
export function isStaleError(error: unknown): boolean {
  return codeOf(error) === 'ESTALE';
}

/** Whether an error means that this process may not read a file. */
export function isForbiddenError(error: unknown): boolean {
  const code = codeOf(error);
  return code === 'EACCES' || code === 'EPERM';
}

/** Whether an error means that no more files can be opened, by this process or by all. */
export function isOutOfDescriptors(error: unknown): boolean {
  const code = codeOf(error);
  return code === 'EMFILE' || code === 'ENFILE';
}

/** Whether an error comes from a system call. */
export function isSystemError(error: unknown): boolean {
  return (error as NodeJS.ErrnoException | null | undefined)?.syscall !== undefined;
}

/** The error of a name that no file has. */
export function enoent(name: string): NodeJS.ErrnoException {
  return Object.assign(new Error(`no such file: ${name}`), { code: 'ENOENT' });
}

function codeOf(error: unknown): string | undefined {
  return (error as NodeJS.ErrnoException | null | undefined)?.code;
}
