import { fileSystemOf, mountedType, onlyCaseAliases } from '../../../../src/load/disk/file-system';

const originalPlatform = process.platform;

function setPlatform(value: NodeJS.Platform): void {
  Object.defineProperty(process, 'platform', { value });
}

afterEach(() => {
  setPlatform(originalPlatform);
});

describe('on Linux', () => {
  beforeEach(() => {
    setPlatform('linux');
  });

  test.each([
    ['ext4', 0xef53, false, true, true],
    ['tmpfs', 0x01021994, false, true, true],
    ['Btrfs, whose number is negative in 32 bits', 0x9123683e | 0, false, true, true],
    ['NFS', 0x6969, true, false, true],
    ['SMB 2, whose number is negative in 32 bits', 0xfe534d42 | 0, true, false, true],
    ['9P', 0x01021997, true, false, true],
    ['FAT', 0x4d44, false, false, false],
    ['exFAT', 0x2011bab0, false, false, false],
    ['an unknown one', 0x12345678, false, false, true],
  ])('%s', (_name, type, isRemote, isCaseOnly, hasChangeTime) => {
    expect(fileSystemOf(type, 0n, '/')).toEqual({ isRemote, hasChangeTime });
    expect(onlyCaseAliases(type)).toBe(isCaseOnly);
  });

  test('FUSE is remote, and has a change time if it is no known exception', () => {
    expect(fileSystemOf(0x65735546, 0n, '/')).toEqual({ isRemote: true, hasChangeTime: true });
  });
});

test.each([
  ['darwin', '/Volumes/share', false],
  ['win32', 'C:\\files', false],
  ['win32', '\\\\server\\share', true],
  ['win32', '//server/share', true],
  ['win32', '\\\\?\\C:\\files', false],
] as const)('on %s, the file system of %s is remote: %s', (platform, path, isRemote) => {
  setPlatform(platform);
  expect(fileSystemOf(0xef53, 0n, path)).toEqual({ isRemote, hasChangeTime: true });
  expect(onlyCaseAliases(0xef53)).toBe(false);
});

describe('mountedType', () => {
  const MOUNT_INFO = [
    '22 27 0:21 / /proc rw,nosuid shared:12 - proc proc rw',
    '36 27 0:42 / /mnt/remote rw,relatime shared:20 master:3 - fuse.sshfs host:/files rw,user_id=0',
    '37 27 7:300 / /mnt/stick rw,relatime - fuseblk /dev/loop300 rw,user_id=0',
  ].join('\n');

  test.each([
    [0n, 42n, 'fuse.sshfs'],
    [7n, 300n, 'fuseblk'],
    [7n, 44n, undefined],
  ])('the type of the device %d:%d', (major, minor, type) => {
    // The form of st_dev in the C library of Linux.
    const device = ((major & 0xfffn) << 8n) | (minor & 0xffn) | ((minor & ~0xffn) << 12n);
    expect(mountedType(MOUNT_INFO, device)).toBe(type);
  });
});
