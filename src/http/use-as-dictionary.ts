/** What a file is a dictionary for, as the options say it. */
interface Parameters {
  readonly match: string;
  readonly id?: string | undefined;
  readonly matchDest?: readonly string[] | undefined;
}

/** The value of Use-As-Dictionary: a dictionary of structured fields (RFC 9842 §2.1, RFC 9651 §3.2). */
export function useAsDictionary({ match, id, matchDest }: Parameters): string {
  const members = [`match=${stringItem(match)}`];
  if (matchDest !== undefined) members.push(`match-dest=(${matchDest.map(stringItem).join(' ')})`);
  if (id !== undefined) members.push(`id=${stringItem(id)}`);
  return members.join(', ');
}

/** A string of a structured field, which may contain printable ASCII only (RFC 9651 §4.1.6). */
function stringItem(text: string): string {
  return `"${text.replace(/["\\]/g, '\\$&')}"`;
}

/**
 * Compiles a pattern in which `*` stands for any characters. The time that a comparison takes grows only with the
 * length of the path, which a regular expression with several wildcards would not ensure.
 */
export function pathMatcher(pattern: string): (path: string) => boolean {
  const [start = '', ...middle] = pattern.split('*');
  const end = middle.pop();
  if (end === undefined) return (path) => path === start;
  return (path) => {
    if (!path.startsWith(start) || !path.endsWith(end)) return false;
    let at = start.length;
    for (const part of middle) {
      const found = path.indexOf(part, at);
      if (found === -1) return false;
      at = found + part.length;
    }
    return at + end.length <= path.length;
  };
}
