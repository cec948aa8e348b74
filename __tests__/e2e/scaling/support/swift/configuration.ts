import { execFileSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { userInfo } from 'node:os';
import { join } from 'node:path';

/** The four servers of Swift. */
export const SERVERS = ['account', 'container', 'object', 'proxy'] as const;

export type ServerName = (typeof SERVERS)[number];

/** The port that each server listens on. */
export type Ports = Readonly<Record<ServerName, number>>;

/** The credentials of the test server. */
export const CREDENTIALS = { accessKeyId: 'test:tester', secretAccessKey: 'testing' };

/** Writes the configuration of the servers: one device, one replica, no mount check. */
export function writeConfiguration(folder: string, ports: Ports): void {
  mkdirSync(join(folder, 'devices', 'd1'), { recursive: true });
  for (const ring of ['account', 'container', 'object'] as const) {
    const builder = (...args: string[]): void => {
      execFileSync('swift-ring-builder', [`${ring}.builder`, ...args], { cwd: folder, stdio: 'pipe' });
    };
    builder('create', '4', '1', '1');
    builder('add', `r1z1-127.0.0.1:${ports[ring]}/d1`, '1');
    builder('rebalance');
    writeFileSync(configurationOf(ring, folder), storageServer(ring, folder, ports[ring]));
  }
  writeFileSync(configurationOf('proxy', folder), proxyServer(folder, ports.proxy));
}

export function configurationOf(name: ServerName, folder: string): string {
  return join(folder, `${name}-server.conf`);
}

/** Without workers, each server is one process, so that a signal reaches all of it. */
function defaults(folder: string, port: number): string {
  return `[DEFAULT]
bind_ip = 127.0.0.1
bind_port = ${port}
workers = 0
user = ${userInfo().username}
swift_dir = ${folder}
devices = ${join(folder, 'devices')}
mount_check = false
disable_fallocate = true
`;
}

function storageServer(name: ServerName, folder: string, port: number): string {
  return `${defaults(folder, port)}
[pipeline:main]
pipeline = ${name}-server

[app:${name}-server]
use = egg:swift#${name}
`;
}

/**
 * Error suppression is disabled, so that a restarted server is used immediately. tempauth requires a cache,
 * but works if its address is unreachable.
 */
function proxyServer(folder: string, port: number): string {
  return `${defaults(folder, port)}
[pipeline:main]
pipeline = catch_errors gatekeeper cache listing_formats s3api tempauth slo proxy-server

[app:proxy-server]
use = egg:swift#proxy
account_autocreate = true
error_suppression_interval = 0
error_suppression_limit = 1000000

[filter:catch_errors]
use = egg:swift#catch_errors

[filter:gatekeeper]
use = egg:swift#gatekeeper

[filter:cache]
use = egg:swift#memcache
memcache_servers = 127.0.0.1:1

[filter:listing_formats]
use = egg:swift#listing_formats

[filter:s3api]
use = egg:swift#s3api
location = us-east-1

[filter:tempauth]
use = egg:swift#tempauth
user_test_tester = ${CREDENTIALS.secretAccessKey} .admin

[filter:slo]
use = egg:swift#slo
`;
}
