import type * as MinimatchModule from 'minimatch';
import type { MinimatchOptions } from 'minimatch';
import { lazyRequire } from '../util/lazy-require';

/** Loaded with the first pattern: most applications have none. */
// eslint-disable-next-line @typescript-eslint/no-require-imports -- an import would load it at the start
const minimatch = lazyRequire(() => require('minimatch') as typeof MinimatchModule);

/** In Python's fnmatch only `*`, `?` and `[...]` are special, and `*` matches a leading dot. */
const PYTHON: MinimatchOptions = {
  dot: true,
  nobrace: true,
  nocomment: true,
  noext: true,
  nonegate: true,
  platform: 'linux',
  nocase: process.platform === 'win32' || process.platform === 'darwin',
};

const SPECIAL_IN_SET = /[\\[\]^!-]/g;

/**
 * Compiles a pattern of Python's `fnmatch` for names and paths. `*` and `?` do not match a slash, and a segment
 * `**` matches any number of segments. On Windows and macOS, whose file systems ignore case, matching ignores
 * it too.
 */
export function fnmatch(pattern: string): (path: string) => boolean {
  const translated = translate(pattern);
  if (translated === null) return () => false;
  const compiled = new (minimatch().Minimatch)(translated, PYTHON);
  return (path) => compiled.match(path);
}

/** The pattern in minimatch's syntax, or null if no text can match. */
function translate(pattern: string): string | null {
  let translated = '';
  for (let at = 0; at < pattern.length; at++) {
    const character = pattern.charAt(at);
    if (character === '\\')
      translated += '\\\\'; // Python has no escapes
    else if (character !== '[') translated += character;
    else {
      const end = endOfSet(pattern, at);
      if (end === -1) translated += '\\[';
      else {
        const set = translateSet(pattern.slice(at + 1, end));
        if (set === null) return null;
        translated += set;
        at = end;
      }
    }
  }
  return translated;
}

/**
 * The index of the `]` that closes the set opened at `open`, or -1. A `]` that comes first is a member of the
 * set.
 */
function endOfSet(pattern: string, open: number): number {
  const first = pattern.charAt(open + 1) === '!' ? open + 2 : open + 1;
  return pattern.indexOf(']', first + 1);
}

/** A set with every character escaped that only minimatch treats as special, or null if the set is empty. */
function translateSet(body: string): string | null {
  const negated = body.startsWith('!') && body.length > 1;
  const members = negated ? body.slice(1) : body;
  let translated = '';
  for (let at = 0; at < members.length; at++) {
    const from = members.charAt(at);
    if (members.charAt(at + 1) === '-' && at + 2 < members.length) {
      const to = members.charAt(at + 2);
      if (from <= to) translated += `${escaped(from)}-${escaped(to)}`;
      at += 2;
    } else translated += escaped(from);
  }
  if (translated === '') return negated ? '?' : null; // a range that runs backwards is empty
  // No name contains NUL. Here it keeps `^` from being first, where minimatch would negate the set although
  // `^` is escaped.
  return negated ? `[!${translated}]` : `[\0${translated}]`;
}

function escaped(character: string): string {
  return character.replace(SPECIAL_IN_SET, '\\$&');
}
