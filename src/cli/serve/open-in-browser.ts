import { spawn } from 'node:child_process';
import { reasonOf } from '../context';

/** A program that opens a URL, and its arguments before the URL. */
type OpenCommand = readonly [program: string, ...args: string[]];

/**
 * The command that opens a URL in the default browser.
 *
 * On Windows it is the program behind `start`. `start` itself is a command of the shell, and the URL must not
 * pass through a shell.
 */
export function openCommand(platform: NodeJS.Platform): OpenCommand {
  if (platform === 'win32') return ['rundll32', 'url.dll,FileProtocolHandler'];
  return platform === 'darwin' ? ['open'] : ['xdg-open'];
}

/** Opens a URL in the default browser. If that fails, it writes a line, and the server continues. */
export function openInBrowser(url: string, write: (line: string) => void): void {
  const [program, ...args] = openCommand(process.platform);
  const child = spawn(program, [...args, url], { detached: true, stdio: 'ignore' });
  const onFailure = (reason: string): void => {
    write(`shared-data: cannot open ${url} with ${program}: ${reason}\n`);
  };
  child.on('error', (error) => {
    onFailure(reasonOf(error));
  });
  child.on('exit', (code) => {
    if (code !== 0 && code !== null) onFailure(`it ended with code ${code}`);
  });
  child.unref();
}
