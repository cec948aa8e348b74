/**
 * Names that Windows gives another meaning: devices, which exist in every folder and with every extension
 * (CVE-2025-66221, CVE-2026-27199); drives and alternate streams, which have a colon (CVE-2024-49766); a
 * trailing dot or space, which Windows drops; and 8.3 short names, each a second spelling of a file.
 */
const DEVICE = /^(?:con|prn|aux|nul|com[0-9¹²³]|lpt[0-9¹²³]|conin\$|conout\$) *(?:[.:].*)?$/i;
const OTHER_MEANING = /[:<>"|?*]|[. ]$|~\d/;

/** Whether every segment of a path names on Windows just the file that it names elsewhere. */
export function isPlainOnWindows(path: string): boolean {
  return !path.split(/[/\\]/).some((name) => DEVICE.test(name) || OTHER_MEANING.test(name));
}
