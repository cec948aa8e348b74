import { join } from 'node:path';
import { put } from '../../../../support/files';
import { BODY, byNames, FIXTURE, inOtherCase } from './fixture';
import { exFat, ntfs, run, type MountCommands } from './mount';

/** A file system that knows a file by several names. */
export interface FileSystem extends MountCommands {
  /** Other paths by which it knows the file or directory at a path of the fixture. */
  readonly aliases: (path: string) => readonly string[];
  /** Prepares the files of the fixture, which are in a directory. */
  readonly prepare?: (folder: string) => void;
}

/** Short names, as Windows gives them. A name without an entry fits into 8.3 characters. */
export const SHORT_NAMES: Readonly<Record<string, string>> = {
  'app.js.br': 'APPJS~1.BR',
  'app.js.map': 'APPJS~1.MAP',
  'longfilename.js.map': 'LONGFI~1.MAP',
  'secret.js.br': 'SECRET~1.BR',
  '.env': 'ENV~1',
  '.git': 'GIT~1',
  'secret-things': 'SECRET~1',
  'deep-inside': 'DEEP-I~1',
  documents: 'DOCUME~1',
  'index.html': 'INDEX~1.HTM',
  'welcome-page.html': 'WELCOM~1.HTM',
  'assets-of-build': 'ASSETS~1',
  'bundle-1.js': 'BUNDLE~1.JS',
  'clé-privée.txt': 'CL-PRI~1.TXT',
  'static-files': 'STATIC~1',
  'lib.js.map': 'LIBJS~1.MAP',
  node_modules: 'NODE_M~1',
};

/** Gives files and directories the short names that stand for their names. */
function addShortNames(folder: string, shortNames: Readonly<Record<string, string>>): void {
  const parts = FIXTURE.flatMap((path) => {
    const segments = path.split('/');
    return segments.map((_, index) => segments.slice(0, index + 1));
  });
  const named = new Map(parts.map((segments) => [segments.join('/'), shortNames[segments.at(-1) ?? '']]));
  for (const [path, shortName] of named) {
    if (shortName === undefined) continue;
    run('setfattr', '--no-dereference', '-n', 'system.ntfs_dos_name', '-v', shortName, join(folder, path));
  }
}

/** Short names as an administrator may give them: without `~`. */
const GIVEN_SHORT_NAMES = Object.fromEntries(
  Object.entries(SHORT_NAMES).map(([name, shortName]) => [name, shortName.replace('~1', '')]),
);

/** The unnamed stream of a file, and a named one. A directory has none. */
function byStreams(path: string): readonly string[] {
  return path.endsWith('/') ? [] : [`${path}:`, `${path}:stream`];
}

function addStreams(folder: string): void {
  for (const path of FIXTURE) put(`${join(folder, path)}:stream`, BODY);
}

function withShortNames(names: Readonly<Record<string, string>>): FileSystem {
  const prepare = (folder: string): void => {
    addShortNames(folder, names);
  };
  return { ...ntfs('ntfs-3g'), aliases: byNames(names), prepare };
}

export const fileSystems: Readonly<Record<string, FileSystem>> = {
  exFAT: { ...exFat, aliases: inOtherCase },
  'NTFS without case': { ...ntfs('lowntfs-3g', 'ignore_case'), aliases: inOtherCase },
  'NTFS with short names': withShortNames(SHORT_NAMES),
  'NTFS with short names without ~': withShortNames(GIVEN_SHORT_NAMES),
  'NTFS with streams': {
    ...ntfs('ntfs-3g', 'streams_interface=windows'),
    aliases: byStreams,
    prepare: addStreams,
  },
};
