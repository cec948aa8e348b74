import { s3Loader } from '../../../src/s3/index';
import { clientOf } from '../../support/store';

const client = { send: () => Promise.resolve() };

test.each([
  ['client', undefined, 'expected an S3Client of @aws-sdk/client-s3, got undefined'],
  ['client', null, 'expected an S3Client of @aws-sdk/client-s3, got null'],
  ['bucket', undefined, 'expected the name of a bucket, got undefined'],
  ['bucket', '', "expected the name of a bucket, got ''"],
  ['prefix', 'site', "expected the beginning of keys, up to a slash, such as 'site/', got 'site'"],
  ['prefix', '/', "expected the beginning of keys, up to a slash, such as 'site/', got '/'"],
  ['prefix', 'a/../', "expected the beginning of keys, up to a slash, such as 'site/', got 'a/../'"],
  ['key', 'folder/', "expected the key of an object, such as 'favicon.ico', got 'folder/'"],
  ['index', 'a/b', "expected a name such as 'index.html', a list of them, or false, got 'a/b'"],
  ['index', [''], "expected a name such as 'index.html', a list of them, or false, got [ '' ]"],
  ['metadataTtl', -1, 'expected a whole number of milliseconds, 0 or more, got -1'],
  ['metadataTtl', Infinity, 'expected a whole number of milliseconds, 0 or more, got Infinity'],
  ['maxKeys', 0, 'expected a whole number of keys, 1 or more, got 0'],
  ['timeout', 0, 'expected a whole number of milliseconds, 1 or more, got 0'],
  ['timeout', 2 ** 31, 'expected a whole number of milliseconds, 1 or more, got 2147483648'],
  ['timeout', '5s', "expected a whole number of milliseconds, 1 or more, got '5s'"],
])('the option %s rejects %p', (name, value, message) => {
  const options = { client, bucket: 'media', [name]: value };
  expect(() => s3Loader(options as never)).toThrow(new TypeError(`option '${name}': ${message}`));
});

test('an unknown option is rejected with a list of all options', () => {
  expect(() => s3Loader({ client, bucket: 'media', buckets: [] } as never)).toThrow(
    new TypeError(
      "unknown option 'buckets'; the options are client, bucket, prefix, key, index, metadataTtl, " +
        'maxKeys, timeout',
    ),
  );
  expect(() => s3Loader('media' as never)).toThrow(
    new TypeError("expected an object of options, got 'media'"),
  );
});

test('the error for an invalid client does not contain credentials', () => {
  const configuration = { credentials: { secretAccessKey: 'a-secret-key' } };
  expect(() => s3Loader({ client: configuration, bucket: 'media' } as never)).toThrow(
    new TypeError("option 'client': expected an S3Client of @aws-sdk/client-s3, got object"),
  );
});

test('valid options create a loader', () => {
  const options = {
    client: clientOf('http://127.0.0.1:1'),
    bucket: 'media',
    prefix: 'site/',
    key: 'favicon.ico',
    index: false as const,
    metadataTtl: 0,
    maxKeys: 1,
    timeout: 1,
  };
  expect(typeof s3Loader(options)).toBe('function');
  expect(typeof s3Loader({ ...options, prefix: '', key: undefined, index: ['a', 'b'] })).toBe('function');
});
