import { truncateSync } from 'node:fs';
import { join } from 'node:path';
import { folderWith, put } from '../../support/files';
import { eventually } from '../../support/process';
import { SlowDisk } from '../../support/slow-disk/slow-disk';
import { FRONT_ENDS } from '../frameworks/support/frameworks';
import { FileServer, type FileResponse } from './support/file-server';

const OLD = new Date('2024-02-29T12:00:00Z');
/** More than the sockets of a connection take, so that a download must read from the disk until its end. */
const LARGE = 64 * 1024 * 1024;
const FILES = 100;
/** Milliseconds after which a request for a file on a disk that hangs is answered. */
const TIMEOUT = 500;
/** The size of Node's thread pool. */
const THREADS = 4;

const source = folderWith({}, OLD);
for (let index = 0; index < FILES; index++) put(join(source, `${index}.txt`), contentOf(index), OLD);
put(join(source, 'large.bin'), '');
truncateSync(join(source, 'large.bin'), LARGE);
const local = folderWith({ 'small.txt': 'local', 'large.txt': 'x'.repeat(1_000_000) }, OLD);

const applicationAnswers = { status: 404, headers: { 'x-app': '1' }, body: 'APP\n' };

function contentOf(index: number): string {
  return `${index} `.repeat(250);
}

/** The operations of a disk with a name, without the first `count` of all. */
function operationsSince(disk: SlowDisk, count: number, name: string): string[] {
  return disk
    .operations()
    .slice(count)
    .filter((operation) => operation === name);
}

/** Resolves when an operation of the disk has started after the first `count`. */
async function untilStarted(disk: SlowDisk, count: number): Promise<void> {
  await eventually(() => {
    expect(disk.operations().length).toBeGreaterThan(count);
  }, 10);
}

/** Expects that a file is served and that the server has no file of the disk open. */
async function expectHealthy(server: FileServer, disk: SlowDisk, path = '/slow/0.txt'): Promise<void> {
  await eventually(async () => {
    expect(await server.get(path)).toMatchObject({ status: 200, body: contentOf(0) });
  }, 10);
  await eventually(() => {
    expect(server.openFiles(disk.path)).toEqual([]);
  }, 10);
}

/** Requests a number of different files of the disk at once. */
function requestFiles(server: FileServer, count: number, at = '/slow'): Promise<FileResponse[]> {
  return Promise.all(Array.from({ length: count }, (_, index) => server.get(`${at}/${index}.txt`)));
}

/** Resolves with the length of a body. Rejects if the connection ends before it is complete. */
async function lengthOf(body: AsyncIterable<Buffer>): Promise<number> {
  let length = 0;
  for await (const chunk of body) length += chunk.length;
  return length;
}

describe.each(FRONT_ENDS)('a slow disk: %s', (framework) => {
  let disk: SlowDisk;
  let server: FileServer;

  beforeAll(async () => {
    disk = await SlowDisk.mount(source);
    const exports = { '/slow': disk.path, '/local': local };
    server = await FileServer.start({ framework, exports, options: { timeout: TIMEOUT } });
  });

  // A failed test may leave operations that wait. They must not take the threads of the next one.
  afterEach(async () => {
    disk.resume();
    await expectHealthy(server, disk);
  });

  afterAll(async () => {
    await SlowDisk.unmountAll();
  });

  it('serves files and the application if each operation takes 20 ms', async () => {
    disk.setDelay(20);
    const responses = await Promise.all([
      server.get('/slow/1.txt'),
      server.get('/application'),
      server.get('/slow/2.txt'),
      server.get('/slow/missing.txt'),
    ]);
    expect(responses).toMatchObject([
      { status: 200, body: contentOf(1) },
      applicationAnswers,
      { status: 200, body: contentOf(2) },
      applicationAnswers,
    ]);
  });

  it('serves the application and other directories while the disk hangs', async () => {
    const count = disk.operations().length;
    disk.hang();
    const waiting = requestFiles(server, 20);
    await untilStarted(disk, count);
    for (let round = 0; round < 5; round++) {
      expect(await server.get('/application')).toMatchObject(applicationAnswers);
      expect(await server.get('/local/small.txt')).toMatchObject({ status: 200, body: 'local' });
      expect((await server.get('/local/large.txt')).body).toHaveLength(1_000_000);
    }
    // An operation that hangs takes a thread, except that of a file that was closed before.
    const hanging = disk
      .operations()
      .slice(count)
      .filter((operation) => !operation.startsWith('release'));
    expect(hanging.length).toBeLessThan(THREADS);
    await waiting;
  });

  it('responds 503 with Retry-After while the disk hangs, and serves its files afterwards', async () => {
    disk.hang();
    for (const { status, headers } of await requestFiles(server, 20)) {
      expect(status).toBe(503);
      expect(headers['retry-after']).toMatch(/^\d+$/);
    }
    disk.resume();
    await expectHealthy(server, disk);
  });

  it('leaves no file open if clients disconnect while the disk hangs', async () => {
    const count = disk.operations().length;
    disk.hang();
    const clients = new AbortController();
    const requests = Array.from({ length: 10 }, (_, index) =>
      server.begin(`/slow/${index}.txt`, clients.signal),
    );
    const settled = Promise.allSettled(requests);
    await untilStarted(disk, count);
    clients.abort();
    await settled;
    disk.resume();
    await expectHealthy(server, disk);
  });

  it('ends a download during which the disk hangs, and closes its file', async () => {
    const signal = AbortSignal.timeout(30_000);
    const response = await server.begin('/slow/large.bin', signal);
    disk.hang();
    const code = framework === 'node:http2' ? 'ERR_HTTP2_STREAM_ERROR' : 'ECONNRESET';
    await expect(lengthOf(response)).rejects.toMatchObject({ code });
    expect(signal.aborted).toBe(false);
    expect(await server.get('/application')).toMatchObject(applicationAnswers);
    disk.resume();
    await expectHealthy(server, disk);
  });

  it('serves small files while a client downloads a large one', async () => {
    const response = await server.begin('/slow/large.bin');
    disk.setDelay(5);
    expect(await server.get('/slow/3.txt')).toMatchObject({ status: 200, body: contentOf(3) });
    expect(await server.get('/local/small.txt')).toMatchObject({ status: 200, body: 'local' });
    disk.resume();
    expect(await lengthOf(response)).toBe(LARGE);
  });

  it('serves a changed file at the next request', async () => {
    put(join(source, 'changing.txt'), 'version 0', OLD);
    expect(await server.get('/slow/changing.txt')).toMatchObject({ body: 'version 0' });
    for (const version of ['version 1', 'version 2', 'version 3']) {
      put(join(source, 'changing.txt'), version);
      expect(await server.get('/slow/changing.txt')).toMatchObject({ status: 200, body: version });
      expect(await server.get('/slow/changing.txt')).toMatchObject({ status: 200, body: version });
    }
  });

  it('opens a file a few times for many requests at once', async () => {
    const count = disk.operations().length;
    disk.setDelay(20);
    const responses = await Promise.all(Array.from({ length: 50 }, () => server.get('/slow/50.txt')));
    for (const response of responses) expect(response).toMatchObject({ status: 200, body: contentOf(50) });
    expect(operationsSince(disk, count, 'open').length).toBeLessThanOrEqual(5);
  });
});

describe('two slow disks', () => {
  afterAll(async () => {
    await SlowDisk.unmountAll();
  });

  it('that hang leave the application and other directories, and one that hangs the other disk', async () => {
    const [one, other] = [await SlowDisk.mount(source), await SlowDisk.mount(source)];
    const exports = { '/slow': one.path, '/other': other.path, '/local': local };
    const server = await FileServer.start({ framework: 'node:http', exports, options: { timeout: TIMEOUT } });
    one.hang();
    const ofOne = requestFiles(server, 20);
    expect(await server.get('/other/0.txt')).toMatchObject({ status: 200, body: contentOf(0) });
    other.hang();
    const ofOther = requestFiles(server, 20, '/other');
    for (const { status } of [...(await ofOne), ...(await ofOther)]) expect(status).toBe(503);
    expect(await server.get('/application')).toMatchObject(applicationAnswers);
    expect((await server.get('/local/large.txt')).body).toHaveLength(1_000_000);
    for (const disk of [one, other]) disk.resume();
    await expectHealthy(server, one);
    await expectHealthy(server, other, '/other/0.txt');
  });
});

describe('the option io', () => {
  const mountPoint = join(folderWith({ 'small.txt': 'local' }, OLD), 'disk');
  let disk: SlowDisk;

  beforeAll(async () => {
    disk = await SlowDisk.mount(source, mountPoint);
  });

  afterEach(() => {
    disk.resume();
  });

  afterAll(async () => {
    await SlowDisk.unmountAll();
  });

  function start(options: Record<string, unknown>, folder = disk.path): Promise<FileServer> {
    return FileServer.start({ framework: 'node:http', exports: { '/slow': folder }, options });
  }

  it.each(['auto', 'async'])('%s: the application is served while the disk hangs', async (io) => {
    const started = await start({ io, timeout: TIMEOUT });
    disk.hang();
    const waiting = started.get('/slow/0.txt');
    expect(await started.get('/application')).toMatchObject(applicationAnswers);
    expect(await waiting).toMatchObject({ status: 503 });
  });

  it('sync: files are looked up and opened on the event loop', async () => {
    const started = await start({ io: 'sync' });
    const count = disk.operations().length;
    disk.setDelay(200);
    const waiting = started.get('/slow/0.txt');
    await untilStarted(disk, count);
    expect(await started.get('/application')).toMatchObject(applicationAnswers);
    expect(operationsSince(disk, count, 'open')).not.toEqual([]);
    expect(await waiting).toMatchObject({ status: 200, body: contentOf(0) });
  });

  it('auto: a local directory that has become slow is served through the thread pool', async () => {
    const started = await start({ timeout: TIMEOUT }, join(mountPoint, '..'));
    disk.setDelay(50);
    for (let index = 0; index < 5; index++) {
      expect(await started.get(`/slow/disk/${index}.txt`)).toMatchObject({ body: contentOf(index) });
    }
    disk.hang();
    const waiting = started.get('/slow/disk/0.txt');
    expect(await started.get('/application')).toMatchObject(applicationAnswers);
    expect(await waiting).toMatchObject({ status: 503 });
    disk.resume();
    await expectHealthy(started, disk, '/slow/disk/0.txt');
  });
});
