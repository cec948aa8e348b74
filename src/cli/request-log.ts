import type { IncomingMessage } from 'node:http';
import type { CountedResponse } from './counted-response';

/**
 * Writes a line when the answer to a request is over, sent whole or left by its client: method, target, status,
 * bytes of the body that went out, and how long it took. The status is `-` where the client left before there
 * was one.
 */
export function logRequest(
  { method, url }: IncomingMessage,
  res: CountedResponse,
  write: (line: string) => void,
): void {
  const begun = performance.now();
  res.once('close', () => {
    const status = res.headersSent ? res.statusCode : '-';
    const milliseconds = (performance.now() - begun).toFixed(1);
    write(`${String(method)} ${printable(String(url))} ${status} ${res.bodyBytes} ${milliseconds}ms\n`);
  });
}

/** A target could else end the line and forge another, or send escape sequences to the terminal. */
function printable(target: string): string {
  return target.replace(
    /[^!-[\]-~]/g,
    (character) => `\\x${character.charCodeAt(0).toString(16).padStart(2, '0')}`,
  );
}
