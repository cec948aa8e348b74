import { spawn } from 'node:child_process';
import { reasonOf } from './command-error';

/** The program that opens a URL, and what stands before the URL. */
type Opening = readonly [program: string, ...before: string[]];

/** `start` of Windows is a word of its shell, and no URL goes through a shell here. This is what `start` calls. */
const WINDOWS: Opening = ['rundll32', 'url.dll,FileProtocolHandler'];
const MACOS: Opening = ['open'];
const OTHERS: Opening = ['xdg-open'];

/** What opens a URL in the default browser of a platform. */
export function openingOn(platform: NodeJS.Platform): Opening {
  if (platform === 'win32') return WINDOWS;
  return platform === 'darwin' ? MACOS : OTHERS;
}

/** Opens a URL in the default browser. Where that fails, a line says so; the server goes on. */
export function openInBrowser(url: string, write: (line: string) => void): void {
  const [program, ...before] = openingOn(process.platform);
  const child = spawn(program, [...before, url], { detached: true, stdio: 'ignore' });
  const failed = (reason: string): void => {
    write(`shared-data: cannot open ${url} with ${program}: ${reason}\n`);
  };
  child.on('error', (error) => {
    failed(reasonOf(error));
  });
  child.on('exit', (code) => {
    if (code !== 0 && code !== null) failed(`it ended with code ${code}`);
  });
  child.unref();
}
