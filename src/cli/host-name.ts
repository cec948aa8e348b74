import { BlockList, isIP, isIPv6 } from 'node:net';

/**
 * The host and port of a URL (RFC 3986 §3.2): an IPv6 address in brackets, or a name or IPv4 address, which may
 * have a dot at its end. User information is refused, so `localhost@evil.example` does not match.
 */
const AUTHORITY = /^(?:\[([\da-f:.]+)\]|([\w-]+(?:\.[\w-]+)*)\.?)(?::\d*)?$/i;

const LOOPBACK = new BlockList();
LOOPBACK.addSubnet('127.0.0.0', 8, 'ipv4');
LOOPBACK.addAddress('::1', 'ipv6');

/**
 * The host of a Host field or of a URL, without its port.
 *
 * @returns the name in lower case, or the address without brackets; null if the text has another form
 */
export function hostNameOf(authority: string): string | null {
  const [, address, name] = AUTHORITY.exec(authority) ?? [];
  return (address ?? name)?.toLowerCase() ?? null;
}

/**
 * The host name of an option, in the form of {@link hostNameOf}. An IPv6 address may lack its brackets.
 *
 * @returns null for a text with a port, or one that is not a host name
 */
export function readHostName(text: string): string | null {
  if (isIPv6(text)) return hostNameOf(`[${text}]`);
  return /:\d*$/.test(text) ? null : hostNameOf(text);
}

/** Whether a text is a loopback address: 127.0.0.0/8, or ::1 (RFC 6890 §2.2). */
export function isLoopbackAddress(text: string): boolean {
  const family = isIP(text);
  return family !== 0 && LOOPBACK.check(text, family === 6 ? 'ipv6' : 'ipv4');
}

/**
 * Whether a host, in the form of {@link hostNameOf}, always is this machine: a loopback address, `localhost`, or
 * a name below it, which browsers resolve to a loopback address themselves (RFC 6761 §6.3).
 */
export function isLocalHost(host: string): boolean {
  return host === 'localhost' || host.endsWith('.localhost') || isLoopbackAddress(host);
}
