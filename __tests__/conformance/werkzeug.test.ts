import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { SharedDataMiddleware } from '../../src';
import { folderWith } from '../support/files';
import { app, rawRequest, serve, type RawAnswer } from '../support/server';
import { cases, fixtureFiles, fixtureTime, type Case, type Expected } from './cases';

let passed = 0;

afterAll(() => {
  process.stdout.write(`conformance: ${passed} of ${cases.length} cases pass\n`);
});

const root = folderWith(fixtureFiles(), fixtureTime);

async function responseTo({ exports, options, request, needsEtag }: Case): Promise<RawAnswer> {
  const targets = exports.map(([prefix, path]): [string, string] => [prefix, join(root, path)]);
  const { port } = await serve(new SharedDataMiddleware(app, targets, options).listener);
  const etag = needsEtag ? (await rawRequest(port, 'GET', request.target)).headers['etag'] : undefined;
  const headers = request.headers.map(([name, value]): [string, string] => [
    name,
    value.replace('{etag}', etag ?? ''),
  ]);
  return rawRequest(port, request.method, request.target, headers);
}

function sha256(bytes: Buffer): string {
  return createHash('sha256').update(bytes).digest('hex');
}

function summary(response: RawAnswer): Required<Expected> {
  return {
    status: response.status,
    servedBy: response.headers['x-app'] === '1' ? 'app' : 'middleware',
    headers: response.headers,
    bodyLength: response.body.length,
    bodySha256: sha256(response.body),
  };
}

/** The recording has a body length for HEAD, but a response to HEAD has no body. */
function comparable(werkzeug: Case['werkzeug'], method: string): Case['werkzeug'] {
  return method === 'HEAD' ? { ...werkzeug, bodyLength: 0, bodySha256: sha256(Buffer.alloc(0)) } : werkzeug;
}

function check({ expect: expected, werkzeug, request: { method } }: Case, response: RawAnswer): void {
  const { headers, ...rest } = expected === 'same' ? comparable(werkzeug, method) : expected;
  const { 'content-type-prefix': typePrefix, ...plain } = headers ?? {};
  const actual = summary(response);
  const { has, ...compared } = rest as typeof rest & { has?: string[] };
  expect(actual).toMatchObject({ ...compared, headers: plain });
  if (typePrefix !== undefined) expect(actual.headers['content-type']).toMatch(new RegExp(`^${typePrefix}`));
  for (const name of has ?? []) expect(actual.headers).toHaveProperty(name);
  passed += 1;
}

describe('the response is the one of Werkzeug or differs as documented:', () => {
  test.each(cases.map((testCase) => [testCase.name, testCase] as const))('%s', async (_name, testCase) => {
    check(testCase, await responseTo(testCase));
  });
});
