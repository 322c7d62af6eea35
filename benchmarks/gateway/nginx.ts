import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir, userInfo } from 'node:os';
import { join } from 'node:path';
import type { Secret } from '@ebb/shared/api/builtin.ts';
import { run } from '../../scripts/lib/shell.ts';

/** nginx's program, or an error that says how to get it. */
export async function findNginx(): Promise<string> {
  const path = process.env.NGINX ?? 'nginx';
  const ran = await run(path, ['-v']);
  if (ran.code === 0) return path;
  throw new Error(
    process.env.NGINX
      ? `NGINX is ${JSON.stringify(path)}, which does not run (code ${ran.code}); the path of nginx would be right`
      : 'nginx is not installed, and there is nothing to measure beside: apt-get install nginx-light, or NGINX=<its path>',
  );
}

export interface NginxConfig {
  /** A folder with the configuration, a certificate and nginx's own files. */
  folder: string;
  remove(): void;
}

interface Options {
  port: number;
  securePort: number;
  /** host:port */
  backend: string;
  host: string;
  certificate: Secret;
  /** Processes that serve. */
  workers: number;
}

/**
 * nginx as a reverse proxy as people set it up: keep-alive to the backend, X-Forwarded-* set, no access log. As many processes,
 * which is cores, as the gateway's workers; one does without a master, as the gateway does without a main process.
 */
export function writeNginxConfig({ port, securePort, backend, host, certificate, workers }: Options): NginxConfig {
  const folder = mkdtempSync(join(tmpdir(), 'ebb-bench-nginx-'));
  const file = (name: string) => join(folder, name);
  const pem = (key: string) => Buffer.from(certificate.data?.[key] ?? '', 'base64');
  writeFileSync(file('tls.crt'), pem('tls.crt'));
  writeFileSync(file('tls.key'), pem('tls.key'), { mode: 0o600 });
  const temporary = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'].map((of) => `${of}_temp_path ${folder}/${of};`);
  writeFileSync(
    file('nginx.conf'),
    `daemon off;
${workers === 1 ? 'master_process off' : `worker_processes ${workers};\nuser ${userInfo().username}`};
pid ${file('nginx.pid')};
error_log ${file('error.log')};
events { worker_connections 4096; }
http {
  ${temporary.join('\n  ')}
  access_log off;
  keepalive_requests 1000000000;
  upstream backend { server ${backend}; keepalive 256; keepalive_requests 1000000000; }
  server {
    listen [::]:${port} ipv6only=off;
    listen [::]:${securePort} ipv6only=off ssl http2;
    server_name ${host};
    ssl_certificate ${file('tls.crt')};
    ssl_certificate_key ${file('tls.key')};
    ssl_protocols TLSv1.2 TLSv1.3;
    client_max_body_size 0;
    http2_max_concurrent_streams 250;
    location / {
      proxy_pass http://backend;
      proxy_http_version 1.1;
      proxy_set_header Connection "";
      proxy_set_header Host $host;
      proxy_set_header X-Forwarded-For $proxy_add_x_forwarded_for;
      proxy_set_header X-Forwarded-Proto $scheme;
    }
  }
}
`,
  );
  return { folder, remove: () => rmSync(folder, { recursive: true, force: true }) };
}
