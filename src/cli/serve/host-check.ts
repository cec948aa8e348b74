import type { IncomingMessage } from 'node:http';
import { textResponse } from '../../http/plain-response';
import type { Answer } from '../../types';
import type { ServeCommand } from '../args/arguments';
import { hostNameOf, isLocalHost, isLoopbackAddress, readHostName } from '../host-name';

/** The response to a request whose host is not allowed, or null if the request is allowed. */
export type HostCheck = (request: IncomingMessage) => Answer | null;

/**
 * Creates the check of a server that listens. It defends against DNS rebinding, the attack of CVE-2025-24010:
 * the owner of `evil.example` lets the name lead to 127.0.0.1, and a page of this origin then reads what a
 * server on the loopback interface sends. The browser still sends the name, as Host.
 *
 * A server that is reachable from other machines has names that it cannot know. It accepts every host unless
 * the user has given names.
 *
 * @param boundAddress the address that the server listens on
 */
export function createHostCheck(
  { host, allowedHosts }: Pick<ServeCommand, 'host' | 'allowedHosts'>,
  boundAddress: string,
): HostCheck {
  if (allowedHosts.length === 0 && !isLoopbackAddress(boundAddress)) return () => null;
  // The URL that the command prints contains the value of --host.
  const names = new Set([...allowedHosts, readHostName(host)]);

  return (request) => {
    const hosts = requestedHosts(request);
    const refused = hosts.find((name) => name === null || (!names.has(name) && !isLocalHost(name)));
    return refused === undefined && hosts.length > 0 ? null : refusal(refused ?? null);
  };
}

/**
 * The hosts that a request names: the one in an absolute-form target, and the Host field. A client that sends
 * both sends the same host twice (RFC 9112 §3.2.2). With HTTP/1.0, neither is required.
 */
function requestedHosts({ url = '', headers }: IncomingMessage): (string | null)[] {
  const authorities = url.startsWith('/') ? [headers.host] : [absoluteAuthority(url), headers.host];
  return authorities.filter((authority) => authority !== undefined).map(hostNameOf);
}

function absoluteAuthority(target: string): string | undefined {
  return /^[a-z][a-z\d+.-]*:\/\/([^/?#]*)/i.exec(target)?.[1];
}

/** Only a well-formed name is repeated, and as plain text: the client chose it. */
function refusal(name: string | null): Answer {
  const host = name === null ? 'this host' : `the host '${name}'`;
  return textResponse(
    403,
    `Forbidden: requests for ${host} are not allowed.\nThe option --allowed-host ${name ?? 'NAME'} allows them.\n`,
  );
}
