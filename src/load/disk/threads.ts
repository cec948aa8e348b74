/** Disks that do not respond leave one thread to all others. */
const MAX_OPERATIONS = Math.max(1, threadCount(process) - 1);

/** The operations of one disk in the thread pool, which start in the order in which they came. */
export class DiskThreads {
  readonly waiting: (() => void)[] = [];
  /** The number of running operations. */
  running = 0;
  /** The number of running operations that have taken too long. */
  overdue = 0;
  readonly #threads: Threads;

  constructor(threads: Threads) {
    this.#threads = threads;
  }

  /** Whether all operations that may run have taken too long, so that another one would wait for them. */
  get isStuck(): boolean {
    return this.overdue > 0 && this.overdue === this.running && !this.#threads.mayStart(this);
  }

  /** Runs an operation when there is a thread for it. */
  async run<T>(operation: () => Promise<T>): Promise<T> {
    await new Promise<void>((resolve) => {
      this.waiting.push(resolve);
      this.#threads.reserve(this);
      this.#threads.startWaiting();
    });
    try {
      return await operation();
    } finally {
      this.running -= 1;
      this.#threads.startWaiting();
    }
  }
}

/**
 * Shares the thread pool among the disks that use it, for all middlewares of the process. Any of them may stop
 * to respond: a thread stays free for each other one, and one for the rest of the process. With more disks than
 * threads, only the latter is certain.
 */
export class Threads {
  readonly #disks = new Map<bigint | null, DiskThreads>();
  /** The disks that threads are kept for. The one that has waited longest is the first. */
  readonly #reserved = new Set<DiskThreads>();

  /** The threads of the disk with a device number, or of all disks whose number is not known yet. */
  of(device: bigint | null): DiskThreads {
    const known = this.#disks.get(device);
    if (known !== undefined) return known;
    const disk = new DiskThreads(this);
    this.#disks.set(device, disk);
    return disk;
  }

  /** Keeps a thread for a disk from now on. */
  reserve(disk: DiskThreads): void {
    this.#reserved.add(disk);
  }

  mayStart(disk: DiskThreads): boolean {
    const least = disk.running === 0 ? 0 : 1;
    let taken = 0;
    for (const { running } of this.#reserved) taken += Math.max(running, least);
    return taken < MAX_OPERATIONS;
  }

  startWaiting(): void {
    for (const disk of this.#reserved) {
      if (disk.waiting.length === 0 || !this.mayStart(disk)) continue;
      // It becomes the last, and has its next turn after the others.
      this.#reserved.delete(disk);
      this.#reserved.add(disk);
      disk.running += 1;
      disk.waiting.shift()?.();
    }
  }
}

/** The threads of this process. */
export const threads = new Threads();

/**
 * The number of threads for file operations (libuv). Deno has threads of its own, and reading the environment
 * throws without `--allow-env`.
 */
export function threadCount(process: { readonly env: NodeJS.ProcessEnv }): number {
  try {
    return Number(process.env['UV_THREADPOOL_SIZE']) || 4;
  } catch {
    return 4;
  }
}
