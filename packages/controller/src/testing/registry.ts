import { execFileSync } from 'node:child_process';
import { createHash, sign } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { type AddressInfo, connect } from 'node:net';
import { join } from 'node:path';
import { freePort, programFromEnv, startProgram, temporaryFolder } from '@ebb/shared/testing/programs.ts';
import { Agent, fetch } from 'undici';

/** A docker-registry on a loopback port. */
export interface TestRegistry {
  /** `127.0.0.1:<port>`. */
  host: string;
  /** The certificate it shows, self-signed; '' for plain HTTP. */
  certificate: string;
  /** Puts a small image under a tag and returns its digest; of two architectures: the digest of their list. */
  push(repository: string, tag: string, architectures?: readonly string[]): Promise<string>;
  stop(): Promise<void>;
}

export interface RegistryOptions {
  /** Asks for this user; `basic` by itself, `token` by a server that gives tokens. */
  auth?: 'basic' | 'token';
  tls?: boolean;
}

export const user = { username: 'puller', password: 'let me pull' };
/** Of `user`, as htpasswd writes it. */
const htpasswd = `${user.username}:$2b$04$0yXA5KPBRWwvxajF0xEZkeg.HhVaOtpXDvPfQSuP9fay0EDsrublm\n`;
const service = 'test-registry';

const digestOf = (text: string): string => `sha256:${createHash('sha256').update(text).digest('hex')}`;
const isUser = (authorization: string | undefined): boolean =>
  authorization === `Basic ${Buffer.from(`${user.username}:${user.password}`).toString('base64')}`;

/** Gives tokens as the distribution specification has it: to the user for everything, to nobody else. */
async function tokenServer(key: string, certificate: string) {
  const base64url = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url');
  const x5c = [certificate.replace(/-----[A-Z ]+-----|\s/g, '')];
  const server = createServer((req, res) => {
    const query = new URL(req.url ?? '/', 'http://x').searchParams;
    if (query.get('service') !== service || !isUser(req.headers.authorization)) {
      res.writeHead(401).end('{}');
      return;
    }
    const [type, name, actions = ''] = (query.get('scope') ?? '').split(':');
    const now = Math.floor(Date.now() / 1000);
    const times = { iat: now - 10, nbf: now - 10, exp: now + 60 };
    const claims = { iss: 'test', aud: service, sub: user.username, ...times, access: [{ type, name, actions: actions.split(',') }] };
    const signed = `${base64url({ typ: 'JWT', alg: 'ES256', x5c })}.${base64url(claims)}`;
    const signature = sign('sha256', Buffer.from(signed), { key, dsaEncoding: 'ieee-p1363' }).toString('base64url');
    res.end(JSON.stringify({ token: `${signed}.${signature}` }));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return { realm: `http://127.0.0.1:${(server.address() as AddressInfo).port}/token`, close: () => server.close() };
}

/** Starts one. EBB_REGISTRY is the program, Debian's /usr/bin/docker-registry by default. */
export async function startRegistry({ auth, tls = false }: RegistryOptions = {}): Promise<TestRegistry> {
  const path = programFromEnv('EBB_REGISTRY', '/usr/bin/docker-registry');
  const dir = temporaryFolder();
  const at = (name: string) => join(dir.path, name);
  const port = await freePort();
  const host = `127.0.0.1:${port}`;
  const subject = ['-subj', '/CN=test registry', '-addext', 'subjectAltName=IP:127.0.0.1'];
  execFileSync(
    'openssl',
    [
      'req',
      '-x509',
      '-newkey',
      'ec',
      '-pkeyopt',
      'ec_paramgen_curve:P-256',
      '-nodes',
      '-keyout',
      at('key.pem'),
      '-out',
      at('cert.pem'),
      ...subject,
    ],
    { stdio: 'ignore' },
  );
  writeFileSync(at('htpasswd'), htpasswd);
  const [key, certificate] = [readFileSync(at('key.pem'), 'utf8'), readFileSync(at('cert.pem'), 'utf8')];
  const tokens = auth === 'token' ? await tokenServer(key, certificate) : undefined;
  const config = {
    version: '0.1',
    log: { level: 'error', accesslog: { disabled: true } },
    storage: { filesystem: { rootdirectory: at('images') } },
    http: { addr: host, secret: 'test', ...(tls ? { tls: { certificate: at('cert.pem'), key: at('key.pem') } } : {}) },
    ...(auth === 'basic' ? { auth: { htpasswd: { realm: 'test', path: at('htpasswd') } } } : {}),
    ...(tokens ? { auth: { token: { realm: tokens.realm, service, issuer: 'test', rootcertbundle: at('cert.pem') } } } : {}),
  };
  writeFileSync(at('config.yml'), JSON.stringify(config));
  const listens = () =>
    new Promise<boolean>((resolve) => {
      const socket = connect(port, '127.0.0.1', () => resolve(socket.destroy() !== undefined));
      socket.once('error', () => resolve(false));
    });
  const program = await startProgram({ path, args: ['serve', at('config.yml')], ready: listens });

  const base = `${tls ? 'https' : 'http'}://${host}/v2`;
  const dispatcher = new Agent({ connect: { ca: certificate } });
  const basic = `Basic ${Buffer.from(`${user.username}:${user.password}`).toString('base64')}`;
  const send = async (method: string, url: string, scope: string, body?: string, type = 'application/octet-stream') => {
    let authorization = auth ? basic : '';
    if (tokens) {
      const res = await fetch(`${tokens.realm}?service=${service}&scope=${scope}`, { headers: { authorization } });
      authorization = `Bearer ${((await res.json()) as { token: string }).token}`;
    }
    const headers = { 'content-type': type, ...(authorization ? { authorization } : {}) };
    const res = await fetch(url, { method, dispatcher, headers, body });
    if (!res.ok) throw new Error(`${method} ${url}: ${res.status} ${await res.text()}`);
    return res;
  };
  const pushOne = async (repository: string, reference: string | undefined, architecture: string) => {
    const scope = `repository:${repository}:pull,push`;
    const blob = async (text: string) => {
      const begun = await send('POST', `${base}/${repository}/blobs/uploads/`, scope, '');
      const location = new URL(begun.headers.get('location') ?? '', base);
      location.searchParams.set('digest', digestOf(text));
      await send('PUT', location.toString(), scope, text);
      return { digest: digestOf(text), size: text.length };
    };
    const config = await blob(JSON.stringify({ architecture, os: 'linux', rootfs: { type: 'layers', diff_ids: [] }, config: {} }));
    const mediaType = 'application/vnd.docker.distribution.manifest.v2+json';
    const text = JSON.stringify({
      schemaVersion: 2,
      mediaType,
      config: { mediaType: 'application/vnd.docker.container.image.v1+json', ...config },
      layers: [],
    });
    await send('PUT', `${base}/${repository}/manifests/${reference ?? digestOf(text)}`, scope, text, mediaType);
    return { mediaType, digest: digestOf(text), size: text.length, platform: { architecture, os: 'linux' } };
  };
  return {
    host,
    certificate: tls ? certificate : '',
    async push(repository, tag, architectures) {
      if (!architectures) return (await pushOne(repository, tag, 'amd64')).digest;
      const manifests = [];
      for (const architecture of architectures) manifests.push(await pushOne(repository, undefined, architecture));
      const mediaType = 'application/vnd.oci.image.index.v1+json';
      const text = JSON.stringify({ schemaVersion: 2, mediaType, manifests });
      await send('PUT', `${base}/${repository}/manifests/${tag}`, `repository:${repository}:pull,push`, text, mediaType);
      return digestOf(text);
    },
    async stop() {
      tokens?.close();
      await dispatcher.destroy();
      await program.end('SIGKILL');
      dir.remove();
    },
  };
}
