/**
 * Names with a special meaning on Windows: devices, which exist in every directory and with every extension
 * (CVE-2025-66221, CVE-2026-27199); drives and alternate streams, which have a colon (CVE-2024-49766); a
 * trailing dot or space, which Windows removes; and 8.3 short names, each a second name of a file.
 */
const DEVICE = /^(?:con|prn|aux|nul|com[0-9¹²³]|lpt[0-9¹²³]|conin\$|conout\$) *(?:[.:].*)?$/i;
const SPECIAL = /[:<>"|?*]|[. ]$|~\d/;

/** Whether no segment of a path has a special meaning on Windows. */
export function isPlainOnWindows(path: string): boolean {
  return !path.split(/[/\\]/).some((name) => DEVICE.test(name) || SPECIAL.test(name));
}
