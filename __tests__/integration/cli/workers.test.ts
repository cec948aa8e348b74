import cluster from 'node:cluster';
import { EventEmitter } from 'node:events';
import { Workers, type WorkerProcess } from '../../../src/cli/serve/workers';
import { rawRequest } from '../../support/server';
import { childrenOf, eventually } from '../../support/process';
import { folderWith } from '../../support/files';
import { ENTRY, portOf, printed, REGISTER, run, Run } from '../../support/cli';

jest.setTimeout(60_000);

/** A worker that is controlled by the test. */
class Puppet extends EventEmitter implements WorkerProcess {
  readonly messages: string[] = [];

  send(message: string): void {
    this.messages.push(message);
  }
  listen(): void {
    this.emit('listening', { port: 8000 });
  }
  end(code: number | null = 0): void {
    this.emit('exit', code);
  }
}

class Stage {
  readonly puppets: Puppet[] = [];
  readonly lines: string[] = [];
  readonly workers = new Workers(
    () => {
      const puppet = new Puppet();
      this.puppets.push(puppet);
      return puppet;
    },
    (line) => this.lines.push(line),
  );

  /** Waits until the worker with this index has been forked. */
  async puppet(at: number): Promise<Puppet> {
    await eventually(() => {
      expect(this.puppets.length).toBeGreaterThan(at);
    });
    return this.puppets.at(at) ?? new Puppet();
  }

  async started(count: number): Promise<void> {
    const started = this.workers.start(count);
    for (let at = 0; at < count; at++) (await this.puppet(at)).listen();
    expect(await started).toBe(8000);
  }
}

describe('workers', () => {
  test('are started after the first one listens', async () => {
    const stage = new Stage();
    const started = stage.workers.start(3);
    expect(stage.puppets).toHaveLength(1);
    stage.puppets[0]?.listen();
    for (const at of [1, 2]) (await stage.puppet(at)).listen();
    expect(await started).toBe(8000);
  });

  test('are not started if the first one exits before it listens', async () => {
    const stage = new Stage();
    const started = stage.workers.start(3);
    stage.puppets[0]?.end(1);
    expect(await started).toBeNull();
    expect([stage.puppets.length, stage.lines]).toEqual([1, []]);
  });

  test('that exit are replaced after an increasing delay', async () => {
    const stage = new Stage();
    await stage.started(1);
    stage.puppets[0]?.end(7);
    (await stage.puppet(1)).listen();
    stage.puppets[1]?.end(null);
    (await stage.puppet(2)).end(1);
    await stage.puppet(3);
    expect(stage.lines).toEqual([
      'a worker ended with 7; another starts in 200 ms',
      'a worker ended with a signal; another starts in 400 ms',
      'a worker ended with a signal; another starts in 800 ms',
    ]);
  });

  test('are replaced one by one at a restart, each after its successor listens', async () => {
    const stage = new Stage();
    await stage.started(2);
    const restarted = stage.workers.restart();
    const third = await stage.puppet(2);
    expect(stage.puppets.map(({ messages }) => messages)).toEqual([[], [], []]);
    third.listen();
    const fourth = await stage.puppet(3);
    expect(stage.puppets.map(({ messages }) => messages)).toEqual([['stop'], [], [], []]);
    fourth.listen();
    await restarted;
    for (const at of [0, 1]) stage.puppets[at]?.end();
    expect(stage.puppets.map(({ messages }) => messages)).toEqual([['stop'], ['stop'], [], []]);
    expect(stage.lines).toEqual([]);
  });

  test('continue if their successor does not start', async () => {
    const stage = new Stage();
    await stage.started(1);
    const restarted = stage.workers.restart();
    (await stage.puppet(1)).end(1);
    await restarted;
    expect(stage.puppets[0]?.messages).toEqual([]);
    expect(stage.lines).toEqual(['a new worker did not start; the old ones go on']);
  });

  test('have all exited when stop resolves', async () => {
    const stage = new Stage();
    await stage.started(2);
    let isOver = false;
    const stopped = stage.workers.stop().then(() => (isOver = true));
    stage.puppets[0]?.end();
    await new Promise(setImmediate);
    expect(isOver).toBe(false);
    stage.puppets[1]?.end();
    await stopped;
    expect(stage.puppets.map(({ messages }) => messages)).toEqual([['stop'], ['stop']]);
    await stage.workers.restart();
    expect(stage.puppets).toHaveLength(2);
  });
});

describe('shared-data --workers', () => {
  const folder = folderWith({ 'a.txt': 'abc' });

  async function started(): Promise<{ run: Run; port: number }> {
    const command = new Run([folder, '--port', '0', '--workers', '2', '--quiet']);
    const port = await command.port();
    await eventually(() => {
      expect(childrenOf(command.child.pid)).toHaveLength(2);
    });
    return { run: command, port };
  }

  test('serves with the given number of processes, prints one URL, and exits with them', async () => {
    const { run, port } = await started();
    expect((await rawRequest(port, 'GET', '/a.txt')).body.toString()).toBe('abc');
    run.child.kill('SIGTERM');
    expect(await run.outcome).toBe(0);
    expect(run.stdout.match(/http:/g)).toHaveLength(1);
  });

  test('replaces a killed worker and continues to serve', async () => {
    const { run, port } = await started();
    const before = childrenOf(run.child.pid);
    process.kill(Number(before[0]), 'SIGKILL');
    await run.printsError(/a worker ended with a signal; another starts in \d+ ms/);
    expect((await rawRequest(port, 'GET', '/a.txt')).status).toBe(200);
    await eventually(() => {
      const now = childrenOf(run.child.pid);
      expect([now.length, now.includes(before[0] ?? 0)]).toEqual([2, false]);
    });
  });

  test('replaces all workers at SIGHUP without a failed request', async () => {
    const { run, port } = await started();
    const before = childrenOf(run.child.pid);
    run.child.kill('SIGHUP');
    for (let isOver = false; !isOver;) {
      expect((await rawRequest(port, 'GET', '/a.txt')).status).toBe(200);
      const now = childrenOf(run.child.pid);
      isOver = now.length === 2 && before.every((one) => !now.includes(one));
    }
  });

  test('restarts and stops its workers when it is called within a process', async () => {
    const args = [folder, '--port', '0', '--workers', '2', '--quiet'];
    cluster.setupPrimary({ exec: ENTRY, execArgv: ['-r', REGISTER], args });
    const here = run(...args);
    const { stop, code } = here;
    const port = portOf(await printed(here));
    expect((await rawRequest(port, 'GET', '/a.txt')).body.toString()).toBe('abc');
    const before = Object.keys(cluster.workers ?? {});
    expect(before).toHaveLength(2);
    process.emit('SIGHUP', 'SIGHUP');
    await eventually(() => {
      const now = Object.keys(cluster.workers ?? {});
      expect([now.length, now.some((id) => before.includes(id))]).toEqual([2, false]);
    }, 20);
    stop.abort();
    expect(await code).toBe(0);
    expect(Object.keys(cluster.workers ?? {})).toHaveLength(0);
  });

  test('prints one line if it cannot serve', async () => {
    const { port } = await started();
    const run = new Run([folder, '--port', String(port), '--workers', '2']);
    expect(await run.outcome).toBe(1);
    expect(run.stderr).toMatch(/^shared-data: cannot listen on [^\n]+\n$/);
  });

  test.each(['-1', 'many', '2000'])('rejects the number %j', async (number) => {
    const run = new Run([folder, `--workers=${number}`]);
    expect(await run.outcome).toBe(1);
    expect(run.stderr).toContain(`option --workers: expected a whole number from 0 to 1024, got '${number}'`);
  });
});
