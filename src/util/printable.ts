/**
 * Escapes everything but printable ASCII, against log injection (CWE-117): a request target could end the line
 * and forge another one, or send escape sequences to the terminal. The backslash is escaped too, so that the
 * result is unambiguous.
 */
export function printable(target: string): string {
  return target.replace(
    /[^!-[\]-~]/g,
    (character) => `\\x${character.charCodeAt(0).toString(16).padStart(2, '0')}`,
  );
}
