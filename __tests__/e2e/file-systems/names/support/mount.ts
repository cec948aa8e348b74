import { spawnSync } from 'node:child_process';
import { mkdirSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { folderWith } from '../../../../support/files';

/** The size of an image. It is sparse: only the blocks that are written take space. */
const IMAGE_BYTES = 32 * 1024 ** 2;

/** The Debian package of each program. */
const PACKAGES: Readonly<Record<string, string>> = {
  'mkfs.exfat': 'exfatprogs',
  'mount.exfat-fuse': 'exfat-fuse',
  mkntfs: 'ntfs-3g',
  'ntfs-3g': 'ntfs-3g',
  'lowntfs-3g': 'ntfs-3g',
  setfattr: 'attr',
};

/** How a file system is made in an image, and mounted. */
export interface MountCommands {
  readonly format: (image: string) => void;
  readonly mount: (image: string, folder: string) => void;
}

/** Runs a program and returns its output. @throws Error with what it printed if it fails or is missing */
export function run(program: string, ...args: readonly string[]): string {
  const { error, status, stdout, stderr } = spawnSync(program, args, { encoding: 'utf8', timeout: 30_000 });
  const command = [program, ...args].join(' ');
  if (error !== undefined && 'code' in error && error.code === 'ENOENT') {
    throw new Error(`${program} is missing: apt-get install ${PACKAGES[program] ?? program}`);
  }
  if (error !== undefined) throw new Error(`${command}: ${error.message}`);
  if (status !== 0) throw new Error(`${command} ended with ${status}: ${stdout}${stderr}`);
  return stdout;
}

export const exFat: MountCommands = {
  format: (image) => {
    run('mkfs.exfat', image);
  },
  mount: (image, folder) => {
    const device = run('losetup', '--find', '--show', image).trim();
    try {
      run('mount.exfat-fuse', device, folder);
    } finally {
      // A device that is in use is detached when it is unmounted.
      run('losetup', '--detach', device);
    }
  },
};

export function ntfs(driver: 'ntfs-3g' | 'lowntfs-3g', ...options: readonly string[]): MountCommands {
  return {
    format: (image) => {
      run('mkntfs', '--force', '--quick', image);
    },
    mount: (image, folder) => {
      run(driver, ...options.flatMap((option) => ['-o', option]), image, folder);
    },
  };
}

/**
 * Mounts a file system during the tests of a `describe` block. Returns a local directory: the file system is
 * mounted at `disk` in it. Tests fail with the reason if it cannot be mounted.
 */
export function mountDuringTests({ format, mount }: MountCommands): string {
  const local = folderWith();
  const disk = join(local, 'disk');
  const image = join(local, 'image');

  beforeAll(() => {
    mkdirSync(disk);
    writeFileSync(image, '');
    truncateSync(image, IMAGE_BYTES);
    format(image);
    mount(image, disk);
  });

  afterAll(() => {
    try {
      if (isMounted(disk)) run('umount', disk);
    } finally {
      // An open descriptor keeps a file system busy. It then fails the tests, but does not stay mounted.
      if (isMounted(disk)) run('umount', '--lazy', disk);
      rmSync(image, { force: true });
    }
  });

  return local;
}

function isMounted(folder: string): boolean {
  return spawnSync('mountpoint', ['--quiet', folder]).status === 0;
}
