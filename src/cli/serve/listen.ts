import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import type { ServeCommand } from '../args/arguments';
import { CommandError, reasonOf } from '../context';
import type { HttpServer } from './graceful-stop';
import { urlOf } from './urls';

/** How many ports are tried if the user has not chosen one. */
const MAX_PORTS = 100;

/**
 * Resolves with the address when the server listens, before it accepts the first connection. If the port is in use
 * and the user has not chosen it, the server listens on the next free one.
 *
 * @param warn is called with a line of text if it is another port
 * @throws CommandError if the server cannot listen
 */
export async function listen(
  server: HttpServer,
  command: ServeCommand,
  warn: (line: string) => void,
): Promise<AddressInfo> {
  const { host, port: first, isPortChosen } = command;
  const last = isPortChosen ? first : first + MAX_PORTS - 1;
  for (let port = first; ; port++) {
    try {
      await once(server.listen(port, host), 'listening');
      if (port !== first) warn(`port ${first} is in use, serving on port ${port}`);
      return server.address() as AddressInfo;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'EADDRINUSE' && port < last) continue;
      throw new CommandError(`cannot listen on ${urlOf(command, port)}: ${reasonOf(error)}`);
    }
  }
}
