// The command lines of the servers that do not run in Node, and their configurations.
import { spawnSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { temporaryFolder } from './temporary.mjs';

const here = import.meta.dirname;

export function has(program) {
  return spawnSync('sh', ['-c', `command -v ${program}`]).status === 0;
}

const bun = join(here, 'node_modules/bun/bin/bun.exe');

/** The program that a server needs. It is skipped where it is missing. */
const PROGRAMS = { nginx: 'nginx', caddy: 'caddy', lighttpd: 'lighttpd', werkzeug: 'gunicorn', bun };

/** The program that a server needs and that is missing, or undefined. */
export function missingProgram(server) {
  const program = PROGRAMS[server];
  return program === undefined || has(program) ? undefined : program;
}

/** The command lines, by the name of the server: for the folder to serve, the port and the setup. */
export const commands = {
  bun: (root, port) => ({ command: [bun, join(here, 'servers/bun.mjs'), root, String(port)] }),

  nginx(root, port, { protocol = 'http', certificate, variant }) {
    const prefix = temporaryFolder('nginx');
    const parameters = { http: '', https: ' ssl', h2: ' ssl http2' }[protocol];
    const tls = certificate
      ? `ssl_certificate ${certificate}/cert.pem; ssl_certificate_key ${certificate}/key.pem;`
      : '';
    const gzip = variant === 'compress' ? 'gzip on; gzip_types text/javascript;' : 'gzip_static on;';
    const config = `daemon off; worker_processes 1; pid ${prefix}/pid; error_log stderr crit; user root;
      events { worker_connections 4096; }
      http {
        access_log off; sendfile on; tcp_nopush on; keepalive_requests 1000000; ${gzip}
        types { text/plain txt; text/javascript js; }
        open_file_cache max=20000 inactive=60s;
        server { listen 127.0.0.1:${port}${parameters}; root ${root}; expires 12h; ${tls}
                 error_page 404 =404 @app;
                 location @app { default_type text/plain; return 404 "APP\\n"; } }
      }`;
    return { command: ['nginx', '-p', prefix, '-c', configFile(prefix, 'nginx.conf', config)] };
  },

  caddy(root, port) {
    const prefix = temporaryFolder('caddy');
    const config = `{
  admin off
  auto_https off
}
http://127.0.0.1:${port} {
  root * ${root}
  header Cache-Control "max-age=43200, public"
  file_server {
    precompressed gzip
  }
  handle_errors {
    respond "APP" 404
  }
}
`;
    const file = configFile(prefix, 'Caddyfile', config);
    return { command: ['caddy', 'run', '--config', file, '--adapter', 'caddyfile'], env: { HOME: prefix } };
  },

  lighttpd(root, port) {
    const prefix = temporaryFolder('lighttpd');
    mkdirSync(join(prefix, 'cache'), { recursive: true });
    const config = `server.document-root = "${root}"
server.bind = "127.0.0.1"
server.port = ${port}
server.errorlog = "${prefix}/error.log"
server.max-fds = 32768
server.max-keep-alive-requests = 1000000
server.modules = ( "mod_expire", "mod_deflate" )
mimetype.assign = ( ".txt" => "text/plain; charset=utf-8", ".js" => "text/javascript" )
expire.url = ( "" => "access plus 12 hours" )
deflate.mimetypes = ( "text/javascript" )
deflate.allowed-encodings = ( "gzip" )
deflate.cache-dir = "${prefix}/cache"
`;
    return { command: ['lighttpd', '-D', '-f', configFile(prefix, 'lighttpd.conf', config)] };
  },

  werkzeug: (root, port) => ({
    command: [
      'gunicorn',
      ...['-w', '1', '-k', 'gthread', '--threads', '8', '-b', `127.0.0.1:${port}`],
      ...['--log-level', 'critical', 'werkzeug_app:app'],
    ],
    cwd: join(here, 'servers'),
    env: { BENCH_ROOT: root },
  }),
};

function configFile(prefix, name, text) {
  const file = join(prefix, name);
  writeFileSync(file, text);
  return file;
}
