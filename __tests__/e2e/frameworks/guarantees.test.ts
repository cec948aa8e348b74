import type { AddressInfo } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { SharedDataMiddleware, type FileLookup, type SharedDataOptions } from '../../../src/index';
import { differenceOf } from '../../support/bytes';
import { folderWith } from '../../support/files';
import { collectGarbage } from '../../support/garbage';
import { eventually, openDescriptors } from '../../support/process';
import { app } from '../../support/server';
import { sendAndDisconnect, sendRequest } from './support/client';
import { DICTIONARY, FILES, LARGE, OLD_MTIME, testExports } from './support/exports';
import { FRONT_ENDS, frameworks, type ListeningServer } from './support/frameworks';
import { CODE, testApplication, testCompression, testFiles, type Get } from './support/guarantees';
import { silenceErrors } from '../../support/stderr';

silenceErrors();

const folder = folderWith(FILES, OLD_MTIME);
const exported = testExports(folder);

const code = folderWith({ 'code.js': CODE }, OLD_MTIME);

/** Decides after 20 milliseconds, as a look-up of a session does. */
class SlowAccessCheck extends SharedDataMiddleware {
  override async isAllowed(): Promise<boolean> {
    await delay(20);
    return true;
  }
}

class AsyncAccessCheck extends SharedDataMiddleware {
  override async isAllowed(filename: string, { request }: FileLookup): Promise<boolean> {
    await new Promise(setImmediate);
    return request.headers['x-secret'] === undefined;
  }
  override setHeaders(headers: Headers): void {
    headers.set('X-Mine', 'yes');
  }
}

// The clock is ahead, so that the files are older than the racy window.
const { now } = Date;
beforeAll(() => jest.spyOn(Date, 'now').mockImplementation(() => now() + 10_000));
afterAll(() => jest.restoreAllMocks());

const WITHOUT_COMPRESS: SharedDataOptions = {
  index: 'index.html',
  precompressed: true,
  dictionaries: { match: '/s/*.js' },
};
/** Files of all sizes are compressed, as soon as a client accepts it. */
const WITH_COMPRESS: SharedDataOptions = { ...WITHOUT_COMPRESS, compress: { minSize: 0 } };

const setUps = [
  ...Object.entries(frameworks).map(([name, framework]) => ({
    name,
    ...framework,
    options: WITHOUT_COMPRESS,
  })),
  ...Object.entries(frameworks)
    .filter(([name]) => (FRONT_ENDS as readonly string[]).includes(name))
    .map(([name, framework]) => ({ name: `${name} with compress`, ...framework, options: WITH_COMPRESS })),
];

describe.each(setUps)('in $name', ({ protocol, start, options }) => {
  let server: ListeningServer;
  let get: Get;
  let disconnect: (path: string, options: { count?: number; milliseconds: number }) => Promise<void>;

  async function startServer(shared: SharedDataMiddleware): Promise<void> {
    server = await start(shared);
    const { port } = server.address() as AddressInfo;
    get = (path, details) => sendRequest(protocol, port, path, details);
    disconnect = (path, details) => sendAndDisconnect(protocol, port, path, details);
  }

  const failures: unknown[] = [];
  const onFailure = (error: unknown): void => void failures.push(error);

  beforeAll(() => {
    process.on('unhandledRejection', onFailure).on('uncaughtException', onFailure);
  });

  afterAll(() => {
    process.off('unhandledRejection', onFailure).off('uncaughtException', onFailure);
  });

  afterEach(async () => {
    expect(failures.splice(0)).toEqual([]);
    if ('closeAllConnections' in server) server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  });

  describe('the middleware', () => {
    beforeEach(() => startServer(new SharedDataMiddleware(app, exported, options)));

    testFiles((...request) => get(...request));
    testApplication((...request) => get(...request), folder);

    test('sends a delta to a client that has its dictionary', async () => {
      const { headers, body } = await get('/s/a.js', {
        headers: { 'Accept-Encoding': 'gzip, dcz', 'Available-Dictionary': DICTIONARY.field },
      });
      expect(headers).toMatchObject({
        'content-encoding': 'dcz',
        vary: expect.stringContaining('Accept-Encoding, Available-Dictionary') as string,
        'use-as-dictionary': 'match="/s/*.js"',
      });
      expect(body).toEqual(DICTIONARY.delta('dcz', 'delta'));
    });

    test('closes the files of clients that disconnect during a download', async () => {
      await get('/s/large.bin');
      const before = openDescriptors();
      await Promise.all(
        [1, 100_000, 2_000_000, 9_000_000].map((abortAfter) => get('/s/large.bin', { abortAfter })),
      );
      await eventually(() => {
        expect(openDescriptors()).toBeLessThanOrEqual(before);
      });
    });
  });

  /** Expects that no file is open that was not open before. */
  async function expectNoOpenFile(before: number): Promise<void> {
    await eventually(() => {
      collectGarbage();
      expect(openDescriptors()).toBeLessThanOrEqual(before);
    }, 10);
  }

  describe('with compress', () => {
    beforeEach(() => startServer(new SharedDataMiddleware(app, { '/code': code }, WITH_COMPRESS)));

    test('sends a file as it is until it is compressed', async () => {
      const { body } = await get('/code/code.js', { headers: { 'Accept-Encoding': 'gzip' } });
      expect(body.equals(CODE)).toBe(true);
    });

    testCompression((...request) => get(...request), '/code/code.js');
  });

  test('survives a client that disconnects while isAllowed waits, and opens no file for it', async () => {
    await startServer(new SlowAccessCheck(app, exported, options));
    expect(differenceOf((await get('/s/large.bin')).body, LARGE)).toBeNull();
    const before = openDescriptors();
    for (const milliseconds of [5, 15, 25]) await disconnect('/s/large.bin', { milliseconds });
    await expectNoOpenFile(before);
    expect((await get('/s/a.txt')).status).toBe(200);
  });

  test.each([1, 100])(
    'closes the files of %d pipelined requests whose client reads nothing and disconnects',
    async (count) => {
      await startServer(new SharedDataMiddleware(app, exported, options));
      expect(differenceOf((await get('/s/large.bin')).body, LARGE)).toBeNull();
      const before = openDescriptors();
      await disconnect('/s/large.bin', { count, milliseconds: 300 });
      await expectNoOpenFile(before);
      expect((await get('/s/a.txt')).status).toBe(200);
    },
  );

  test('survives an error of close, and sends the whole response', async () => {
    await startServer(new SharedDataMiddleware(app, exported, options));
    const { status, body, isComplete } = await get('/fails-to-close/a');
    expect([status, body.length, isComplete]).toEqual([200, 100_000, true]);
    await new Promise(setImmediate);
    expect((await get('/s/a.txt')).status).toBe(200);
  });

  test('a subclass can override isAllowed asynchronously and set headers', async () => {
    await startServer(new AsyncAccessCheck(app, exported, options));
    const { status, headers } = await get('/s/a.txt');
    expect([status, headers['x-mine']]).toEqual([200, 'yes']);
    expect(differenceOf((await get('/s/large.bin')).body, LARGE)).toBeNull();
    expect((await get('/s/a.txt', { headers: { 'X-Secret': '1' } })).status).toBe(404);
  });
});
