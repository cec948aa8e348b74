import { format } from 'node:util';
import { WITHOUT_WHOLE_CONTENT } from '../types';
import { checkOptions, isBoolean, isString, type Rules } from './rules';

/** How a handler of the application's own sends a file, see {@link SharedDataMiddleware.answerFile}. */
export interface FileOptions {
  /**
   * The directory that the filename is below. The file is found as below an export of this directory: it is not
   * outside of it, and the options `dotfiles`, `symlinks` and `names` apply.
   *
   * @default undefined: the filename is absolute, and the file is found as if it were exported itself
   */
  root?: string | undefined;
  /**
   * The status of the response. With one other than 200, the whole file is sent, and conditions and ranges are
   * ignored. With one of 400 or more, the default Cache-Control is `no-store`.
   *
   * @default the status that code in front has set, else 200
   */
  status?: number | undefined;
  /**
   * Header fields to add or to replace, with the same effect as {@link SharedDataMiddleware.setHeaders}, which is
   * called before.
   *
   * @default {}
   */
  headers?: Headers | Readonly<Record<string, string>> | undefined;
  /**
   * Whether browsers save the file instead of showing it: true for its own name, or a text for another name, which
   * may have any characters (Content-Disposition, RFC 6266).
   *
   * @default false
   */
  download?: boolean | string | undefined;
}

/** The options of {@link SharedDataMiddleware.download}. */
export interface DownloadOptions extends Omit<FileOptions, 'download'> {
  /**
   * The name that browsers save the file under.
   *
   * @default the name of the file
   */
  name?: string | undefined;
}

/** {@link FileOptions} as they are used. */
export interface CheckedFileOptions {
  readonly root: string | undefined;
  readonly status: number | undefined;
  readonly headers: Headers | undefined;
  readonly download: boolean | string;
}

const SHARED_RULES: Rules<Omit<FileOptions, 'download'>> = {
  root: { expected: 'the path of a directory', accepts: (value) => isString(value) && isPath(value) },
  status: {
    expected: 'the status of a response with a whole file, such as 404',
    accepts: (value) => Number.isInteger(value) && isStatus(value as number),
  },
  headers: {
    expected: 'an object of header fields and their values, or Headers',
    accepts: isHeaders,
  },
};

const FILE_RULES: Rules<FileOptions> = {
  ...SHARED_RULES,
  download: {
    expected: 'true, false or the name of a file',
    accepts: (value) => isBoolean(value) || isName(value),
  },
};

const DOWNLOAD_RULES: Rules<DownloadOptions> = {
  ...SHARED_RULES,
  name: { expected: 'the name of a file', accepts: isName },
};

/**
 * Checks the filename and the options of a file that a handler sends.
 *
 * @throws TypeError for a filename that is no string, an unknown option or a value of the wrong type
 */
export function checkFileOptions(filename: string, options: FileOptions): CheckedFileOptions {
  if (!isString(filename)) throw new TypeError(format('expected a filename, got %O', filename));
  checkOptions(options, FILE_RULES);
  const { root, status, headers, download = false } = options;
  return { root, status, headers: headers && new Headers(headers), download };
}

/**
 * The options of a download as those of a file.
 *
 * @throws TypeError for an unknown option or a value of the wrong type
 */
export function downloadOptions(options: DownloadOptions): FileOptions {
  checkOptions(options, DOWNLOAD_RULES);
  const { name: download = true, ...others } = options;
  return { ...others, download };
}

function isPath(value: string): boolean {
  return value !== '' && !value.includes('\0');
}

function isStatus(status: number): boolean {
  return status >= 200 && status <= 599 && !WITHOUT_WHOLE_CONTENT.has(status);
}

/** Half of a surrogate pair has no form in UTF-8. */
function isName(value: unknown): value is string {
  return isString(value) && value !== '' && !/\p{Surrogate}/u.test(value);
}

/** `Headers` would make the texts `undefined` and `null` of such values. */
function isHeaders(value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return false;
  if (!(Symbol.iterator in value) && !Object.values(value).every(isString)) return false;
  try {
    return new Headers(value as Headers) instanceof Headers;
  } catch {
    return false; // an invalid name or value
  }
}
