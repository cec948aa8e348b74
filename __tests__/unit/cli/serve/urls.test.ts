import type { NetworkInterfaceInfo } from 'node:os';
import { urlOf, urlsOf } from '../../../../src/cli/serve/urls';

function address(text: string, internal = false): NetworkInterfaceInfo {
  const common = { address: text, mac: '', netmask: '', cidr: null, internal };
  return text.includes(':') ? { ...common, family: 'IPv6', scopeid: 0 } : { ...common, family: 'IPv4' };
}

const INTERFACES = {
  lo: [address('127.0.0.1', true), address('::1', true)],
  eth0: [address('192.0.2.7'), address('2001:db8::7'), address('fe80::1')],
  gone: undefined,
};

test.each([
  ['127.0.0.1', ['http://127.0.0.1:80/']],
  ['dev.example', ['http://dev.example:80/']],
  ['::1', ['http://[::1]:80/']],
  ['0.0.0.0', ['http://127.0.0.1:80/', 'http://192.0.2.7:80/']],
  ['::', ['http://[::1]:80/', 'http://[2001:db8::7]:80/', 'http://192.0.2.7:80/']],
])('a server on %s has the URLs %j', (host, urls) => {
  expect(urlsOf({ host, tls: undefined }, 80, () => INTERFACES)).toEqual(urls);
});

test('a server with a certificate has an https URL', () => {
  const tls = { key: Buffer.of(), cert: Buffer.of() };
  expect(urlOf({ host: 'localhost', tls }, 8443)).toBe('https://localhost:8443/');
});

test('the interfaces of the machine are read for a wildcard address only', () => {
  const interfaces = jest.fn(() => INTERFACES);
  urlsOf({ host: '127.0.0.1', tls: undefined }, 80, interfaces);
  expect(interfaces).not.toHaveBeenCalled();
});
