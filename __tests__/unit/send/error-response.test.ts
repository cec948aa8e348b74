import { inspect } from 'node:util';
import { publicError } from '../../../src/send/error-response';

test.each([
  ['EACCES', 403],
  ['EMFILE', 503],
  ['ENOTCONN', 503],
  ['EIO', 500],
  ['ESTALE', 500],
])('an error %s of a system call has the status %d and no path', (code, status) => {
  const path = '/srv/secret.txt';
  const error = Object.assign(new Error(`${code}: stat '${path}'`), { code, path, syscall: 'stat' });
  const shown = publicError(error) as Error & { status: number };
  expect(shown.status).toBe(status);
  const { cause, ...fields } = Object.assign(Object.create(null) as { cause?: unknown }, shown);
  expect(cause).toBeUndefined();
  expect(inspect([shown.message, fields])).not.toContain(path);
  expect(shown.cause).toBe(error);
});

test.each([
  ['with a status', Object.assign(new Error('private'), { status: 410, syscall: 'stat' })],
  ['of a loader', new Error('no such tenant')],
])('an error %s stays as it is', (_what, error) => {
  expect(publicError(error)).toBe(error);
});

test.each([null, undefined, 'route', 'router', 5])(
  'a thrown %j becomes an error with the status 500',
  (thrown) => {
    expect(publicError(thrown)).toMatchObject({ status: 500, message: 'Internal Server Error' });
  },
);
