import { spawn, spawnSync, type ChildProcessByStdio } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Readable } from 'node:stream';

const SOURCE = join(__dirname, 'slow-disk.c');

/** The seconds after which a process that has been asked to end is killed. */
const STOP_SECONDS = 5;

/** Why slow disks cannot be mounted on this machine, or undefined if they can. */
export function whyNotMountable(): string | undefined {
  if (process.platform !== 'linux') return 'it needs Linux';
  if (process.getuid?.() !== 0) return 'only root may mount';
  if (!existsSync('/dev/fuse')) return 'there is no /dev/fuse';
  if (!succeeds('cc', '--version')) return 'there is no C compiler (gcc, libc6-dev)';
  if (!succeeds('pkg-config', '--exists', 'fuse3')) return 'there is no libfuse (libfuse3-dev, pkg-config)';
  return undefined;
}

function succeeds(command: string, ...args: string[]): boolean {
  return spawnSync(command, args, { stdio: 'ignore' }).status === 0;
}

/**
 * A FUSE file system that shows a directory and delays each operation (`slow-disk.c`). It cannot be written to:
 * write to the directory. Only other processes should use it, because it may block the one that calls `hang`.
 */
export class SlowDisk {
  static readonly #mounted = new Set<SlowDisk>();

  /** Where it is mounted. */
  readonly path: string;
  readonly #home: string;
  readonly #process: ChildProcessByStdio<null, Readable, null>;

  /**
   * Mounts a directory.
   *
   * @param at an empty directory to mount it at; by default a new one
   * @throws an error that says why it cannot be mounted
   */
  static async mount(source: string, at?: string): Promise<SlowDisk> {
    const reason = whyNotMountable();
    if (reason !== undefined) throw new Error(`cannot mount a slow disk: ${reason}`);
    const home = mkdtempSync(join(tmpdir(), 'slow-disk-'));
    const disk = new SlowDisk(source, home, at ?? join(home, 'disk'));
    await disk.#untilMounted();
    return disk;
  }

  /** Unmounts all disks, for the end of a test: the mounting of one may have failed. */
  static async unmountAll(): Promise<void> {
    await Promise.all([...SlowDisk.#mounted].map((disk) => disk.unmount()));
  }

  private constructor(source: string, home: string, path: string) {
    this.#home = home;
    this.path = path;
    mkdirSync(path, { recursive: true });
    this.resume();
    const program = join(home, 'slow-disk');
    compile(program);
    const args = [source, path, this.#control, join(home, 'operations')];
    this.#process = spawn(program, args, { stdio: ['ignore', 'pipe', 'inherit'] });
    SlowDisk.#mounted.add(this);
  }

  /** Delays each operation, also those that wait already. */
  setDelay(milliseconds: number): void {
    this.#tell(String(milliseconds));
  }

  /** Lets no operation end until `resume` or `setDelay` is called. */
  hang(): void {
    this.#tell('hang');
  }

  /** Ends all delays. */
  resume(): void {
    this.#tell('0');
  }

  /** The operations that have started, in order: `getattr`, or `lookup` and the name of a file. */
  operations(): string[] {
    return readFileSync(join(this.#home, 'operations'), 'utf8').split('\n').slice(0, -1);
  }

  /** Unmounts the disk, also if it hangs. Operations that wait are ended. */
  async unmount(): Promise<void> {
    this.resume();
    if (this.#process.exitCode === null && this.#process.signalCode === null) {
      const ended = once(this.#process, 'exit');
      this.#process.kill();
      const timer = setTimeout(() => this.#process.kill('SIGKILL'), STOP_SECONDS * 1000);
      await ended;
      clearTimeout(timer);
    }
    // Does nothing unless the process was killed.
    spawnSync('umount', ['--lazy', this.path], { stdio: 'ignore' });
    rmSync(this.#home, { recursive: true });
    SlowDisk.#mounted.delete(this);
  }

  get #control(): string {
    return join(this.#home, 'control');
  }

  /** Replaces the control file at once: the disk never reads a half-written one. */
  #tell(text: string): void {
    writeFileSync(`${this.#control}.new`, text);
    renameSync(`${this.#control}.new`, this.#control);
  }

  async #untilMounted(): Promise<void> {
    const { stdout } = this.#process;
    const isMounted = await Promise.race([
      once(stdout, 'data').then(() => true),
      once(this.#process, 'exit').then(() => false),
    ]);
    if (isMounted) return;
    await this.unmount();
    throw new Error(`cannot mount a slow disk at ${this.path}: its process has printed the reason`);
  }
}

function compile(program: string): void {
  const flags = spawnSync('pkg-config', ['--cflags', '--libs', 'fuse3'], { encoding: 'utf8' }).stdout;
  const args = ['-O2', '-Wall', '-o', program, SOURCE, ...flags.trim().split(/\s+/), '-pthread'];
  const { status, stderr } = spawnSync('cc', args, { encoding: 'utf8' });
  if (status !== 0) throw new Error(`cannot compile slow-disk.c: ${stderr}`);
}
