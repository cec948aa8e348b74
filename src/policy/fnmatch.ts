import { Minimatch, type MinimatchOptions } from 'minimatch';

/** Only `*`, `?` and `[...]` mean something to Python's fnmatch, and `*` takes a leading dot too. */
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
 * A test for names by a pattern of Python's `fnmatch`. `**` is the same as `*`; on Windows and macOS, whose
 * file systems fold case, so does the test.
 */
export function fnmatch(pattern: string): (name: string) => boolean {
  return matcher(pattern, true);
}

/** The same for whole paths: `*` and `?` stop at a slash, and a segment `**` stands for any number of segments. */
export function pathMatch(pattern: string): (path: string) => boolean {
  return matcher(pattern, false);
}

function matcher(pattern: string, noglobstar: boolean): (text: string) => boolean {
  const translated = translate(pattern);
  if (translated === null) return () => false;
  const minimatch = new Minimatch(translated, { ...PYTHON, noglobstar });
  return (text) => minimatch.match(text);
}

/** The pattern as minimatch writes it, or null if no text can match. */
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

/** Where the set that opens at `open` closes, or -1: a `]` that comes first in a set is one of its members. */
function endOfSet(pattern: string, open: number): number {
  const first = pattern.charAt(open + 1) === '!' ? open + 2 : open + 1;
  return pattern.indexOf(']', first + 1);
}

/** A set with every character that means more to minimatch than to Python escaped, or null if it is empty. */
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
  if (translated === '') return negated ? '?' : null; // ranges that run backwards hold nothing
  // NUL is in no name. It keeps a `^` from coming first, where minimatch negates the set though it is escaped.
  return negated ? `[!${translated}]` : `[\0${translated}]`;
}

function escaped(character: string): string {
  return character.replace(SPECIAL_IN_SET, '\\$&');
}
