import { readFileSync } from 'node:fs';

/** What the kind of a file system says about its files. */
export interface FileSystem {
  /** Whether an operation may wait for a network or for another process. */
  readonly isRemote: boolean;
  /** Whether it keeps a time of the last change (`ctime`) that no program can set. */
  readonly hasChangeTime: boolean;
}

const OVERLAY_TYPE = 0x794c7630;

/** The numbers that `statfs` of Linux returns for kinds of file systems. */
const LOCAL_TYPES = new Set([
  0x0000ef53, // ext2, ext3, ext4
  0x01021994, // tmpfs
  0x2fc12fc1, // ZFS
  0x52654973, // ReiserFS
  0x58465342, // XFS
  0x73717368, // SquashFS
  OVERLAY_TYPE,
  0x858458f6, // ramfs
  0x9123683e, // Btrfs
  0xca451a4e, // bcachefs
  0xe0f5e1e2, // EROFS
  0xf2f52010, // F2FS
]);

const FUSE_TYPE = 0x65735546;

const REMOTE_TYPES = new Set([
  FUSE_TYPE,
  0x00000187, // autofs, whose directories are mounted when they are first used
  0x0000517b, // SMB
  0x0000564c, // NCP
  0x00006969, // NFS
  0x00c36400, // Ceph
  0x01021997, // 9P, also of WSL for the disks of Windows
  0x01161970, // GFS2
  0x0bd00bd0, // Lustre
  0x19830326, // BeeGFS
  0x20030528, // OrangeFS
  0x47504653, // GPFS
  0x5346414f, // AFS (OpenAFS)
  0x6b414653, // AFS (Linux)
  0x73757245, // Coda
  0x7461636f, // OCFS2
  0x786f4256, // shared folders of VirtualBox
  0xaad7aaea, // PanFS
  0xfe534d42, // SMB 2 and later
  0xff534d42, // CIFS
]);

const TYPES_WITHOUT_CHANGE_TIME = new Set([
  0x00004d44, // FAT
  0x2011bab0, // exFAT
]);

/** A file system about which nothing is known, and which might not respond. */
export const UNKNOWN_FILE_SYSTEM: FileSystem = { isRemote: true, hasChangeTime: true };

/**
 * What a file system is like.
 *
 * @param type the number that `statfs` returns. Node returns 0 on Windows.
 * @param device the device number of its files
 * @param path a path on it
 */
export function fileSystemOf(type: number, device: bigint, path: string): FileSystem {
  // On macOS and the BSDs, the numbers have other meanings.
  if (process.platform !== 'linux') {
    return { isRemote: isNetworkShare(path), hasChangeTime: true };
  }
  const unsignedType = type >>> 0;
  return {
    isRemote: REMOTE_TYPES.has(unsignedType),
    hasChangeTime: !(
      TYPES_WITHOUT_CHANGE_TIME.has(unsignedType) ||
      (unsignedType === FUSE_TYPE && FUSE_WITHOUT_CHANGE_TIME.has(fuseName(device)))
    ),
  };
}

/**
 * Whether a file on a kind of file system can be found by no other names than those that differ in the case of
 * letters.
 *
 * @param type the number that `statfs` returns
 */
export function onlyCaseAliases(type: number): boolean {
  return process.platform === 'linux' && LOCAL_TYPES.has(type >>> 0);
}

/** Whether a kind of file system is a stack of others, which may differ. */
export function isOverlay(type: number): boolean {
  return type >>> 0 === OVERLAY_TYPE;
}

function isNetworkShare(path: string): boolean {
  return process.platform === 'win32' && /^[\\/]{2}[^\\/?.]/.test(path);
}

/**
 * FUSE file systems that return the time of the last write as that of the last change. `fuseblk` stands for
 * those that are mounted from a block device: exFAT, and NTFS by NTFS-3G.
 */
const FUSE_WITHOUT_CHANGE_TIME = new Set(['fuseblk', 'fuse.sshfs']);

/** The name of a FUSE file system, such as `fuse.sshfs`. The kernel knows it, so that this does not wait. */
function fuseName(device: bigint): string {
  try {
    return mountedType(readFileSync('/proc/self/mountinfo', 'utf8'), device) ?? '';
  } catch {
    return '';
  }
}

/** The type of the file system with a device number, in the form of `/proc/self/mountinfo`. */
export function mountedType(mountInfo: string, device: bigint): string | undefined {
  const major = ((device >> 8n) & 0xfffn) | ((device >> 32n) & ~0xfffn);
  const minor = (device & 0xffn) | ((device >> 12n) & ~0xffn);
  const line = mountInfo.split('\n').find((entry) => entry.split(' ')[2] === `${major}:${minor}`);
  return line?.split(' - ')[1]?.split(' ')[0];
}
