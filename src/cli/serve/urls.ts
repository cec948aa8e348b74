import { isIPv6 } from 'node:net';
import { networkInterfaces } from 'node:os';
import type { ServeCommand } from '../args/arguments';

type Origin = Pick<ServeCommand, 'tls' | 'host'>;

/** The URL of a server. */
export function urlOf({ tls, host }: Origin, port: number): string {
  return `${tls === undefined ? 'http' : 'https'}://${isIPv6(host) ? `[${host}]` : host}:${port}/`;
}

/**
 * The URLs at which a server is reachable, the one for this machine first. A server on a wildcard address, to which
 * browsers on Windows and macOS cannot connect, has those of all addresses of the machine.
 *
 * @param interfaces reads the network interfaces of the machine, for which Deno asks for a permission
 */
export function urlsOf(origin: Origin, port: number, interfaces = networkInterfaces): readonly string[] {
  return hostsOf(origin.host, interfaces).map((host) => urlOf({ ...origin, host }, port));
}

function hostsOf(host: string, interfaces: typeof networkInterfaces): string[] {
  if (host !== '0.0.0.0' && host !== '::') return [host];
  const infos = Object.values(interfaces()).flatMap((list) => list ?? []);
  const addresses = (family: 'IPv4' | 'IPv6'): string[] =>
    infos
      // Browsers do not accept the zone that a link-local address needs (RFC 4007 §11).
      .filter((info) => info.family === family && !info.internal && !/^fe80:/i.test(info.address))
      .map(({ address }) => address);
  if (host === '0.0.0.0') return ['127.0.0.1', ...addresses('IPv4')];
  // A socket on `::` accepts connections of IPv4 too.
  return ['::1', ...addresses('IPv6'), ...addresses('IPv4')];
}
