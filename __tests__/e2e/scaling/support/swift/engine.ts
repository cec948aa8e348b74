import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, mkdtempSync, openSync, readFileSync, rmSync } from 'node:fs';
import { connect, createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { configurationOf, SERVERS, writeConfiguration, type Ports, type ServerName } from './configuration';

/** OpenStack Swift with its S3 API, on loopback ports, with its data in a temporary directory. */
export class Swift {
  readonly #folder = mkdtempSync(join(tmpdir(), 'shared-data-swift-'));
  readonly #processes = new Map<ServerName, ChildProcess>();
  #ports: Ports = { account: 0, container: 0, object: 0, proxy: 0 };

  /** Starts all servers. {@link end} stops them, even if the start has failed. */
  async start(): Promise<void> {
    const [account = 0, container = 0, object = 0, proxy = 0] = await freePorts(SERVERS.length);
    this.#ports = { account, container, object, proxy };
    writeConfiguration(this.#folder, this.#ports);
    await Promise.all(SERVERS.map((name) => this.startServer(name)));
  }

  /** The URL of the S3 API. */
  get endpoint(): string {
    return `http://127.0.0.1:${this.#ports.proxy}`;
  }

  /** Starts one server and resolves when it listens. */
  async startServer(name: ServerName): Promise<void> {
    const log = openSync(this.#logOf(name), 'a');
    const child = spawn(`swift-${name}-server`, [configurationOf(name, this.#folder), '-v'], {
      stdio: ['ignore', log, log],
    });
    closeSync(log);
    this.#processes.set(name, child);
    child.on('error', () => undefined); // a missing program is reported below
    while (!(await accepts(this.#ports[name]))) {
      if (!isRunning(child))
        throw new Error(
          `swift-${name}-server, of Debian's package swift-${name}, does not run: ` +
            readFileSync(this.#logOf(name), 'utf8'),
        );
      await setTimeout(50);
    }
  }

  /** Kills one server with SIGKILL. */
  async stopServer(name: ServerName): Promise<void> {
    const child = this.#processes.get(name);
    this.#processes.delete(name);
    if (child === undefined || !isRunning(child)) return;
    const ended = once(child, 'exit');
    child.kill('SIGKILL');
    await ended;
  }

  /** Pauses a server. It keeps its connections open but does not respond. */
  pause(name: ServerName): void {
    this.#processes.get(name)?.kill('SIGSTOP');
  }

  resume(name: ServerName): void {
    this.#processes.get(name)?.kill('SIGCONT');
  }

  /** Stops all servers and removes their data. */
  async end(): Promise<void> {
    await Promise.all(SERVERS.map((name) => this.stopServer(name)));
    rmSync(this.#folder, { recursive: true, force: true });
  }

  #logOf(name: ServerName): string {
    return join(this.#folder, `${name}.log`);
  }
}

function isRunning({ pid, exitCode, signalCode }: ChildProcess): boolean {
  return pid !== undefined && exitCode === null && signalCode === null;
}

/** Free ports. All are reserved at the same time, so that they differ. */
async function freePorts(count: number): Promise<number[]> {
  const servers = Array.from({ length: count }, () => createServer().listen(0, '127.0.0.1'));
  await Promise.all(servers.map((server) => once(server, 'listening')));
  const ports = servers.map((server) => (server.address() as AddressInfo).port);
  await Promise.all(servers.map((server) => once(server.close(), 'close')));
  return ports;
}

async function accepts(port: number): Promise<boolean> {
  const socket = connect(port, '127.0.0.1');
  try {
    await once(socket, 'connect');
    return true;
  } catch {
    return false;
  } finally {
    socket.destroy();
  }
}
