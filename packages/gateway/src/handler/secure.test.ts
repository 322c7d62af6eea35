import { X509Certificate } from 'node:crypto';
import { type ClientRequest, createServer, get, type IncomingMessage, type Server } from 'node:http';
import { connect as connectH2 } from 'node:http2';
import { request } from 'node:https';
import { type AddressInfo, connect as connectTcp } from 'node:net';
import { connect, type TLSSocket } from 'node:tls';
import type { Secret } from '@ebb/shared/api/builtin.ts';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { specHash } from '../core/fingerprint.ts';
import { certificateSecret } from '../testing/certificate.ts';
import { endpoints, ingress, rule, service, split } from '../testing/objects.ts';
import { startServing } from '../testing/serving.ts';

let serving: Awaited<ReturnType<typeof startServing>>;
let upstream: Server;
let first: Secret;
let renewed: Secret;
const host = 'app.example.com';
const inside = 'app.ns';
const tls = [{ hosts: [host, inside], secretName: 'cert', secretNamespace: 'ns' }];
const rules = [rule([host], [{ splits: [split('app')] }]), rule([inside], [{ splits: [split('app')] }], { visibility: 'ClusterLocal' })];

beforeAll(async () => {
  first = certificateSecret('cert', host);
  renewed = certificateSecret('cert', host);
  upstream = createServer((req, res) => res.end(JSON.stringify({ version: req.httpVersion, headers: req.headers })));
  await new Promise<void>((resolve) => upstream.listen(0, '127.0.0.1', resolve));
  serving = await startServing();
  serving.cluster.services.put(service('app'));
  serving.cluster.endpoints.put(endpoints('app', { port: (upstream.address() as AddressInfo).port }));
  serving.cluster.ingresses.put(ingress('app', rules, { tls }));
});
afterAll(async () => {
  await serving.close();
  upstream.closeAllConnections();
  upstream.close();
});

/** A connection with this server name; the error of the handshake rejects. */
const open = (servername: string, { port = serving.listeners.https.port, ALPNProtocols = ['http/1.1'], ...more } = {}) =>
  new Promise<TLSSocket>((resolve, reject) => {
    const socket = connect({ host: '127.0.0.1', port, servername, ALPNProtocols, rejectUnauthorized: false, ...more }, () =>
      resolve(socket),
    );
    socket.once('error', reject);
  });

const answerTo = (send: (done: (res: IncomingMessage) => void) => ClientRequest) =>
  new Promise<{ status?: number; text: string; location?: string; hash?: unknown }>((resolve, reject) => {
    const req = send(async (res) => {
      let text = '';
      for await (const chunk of res) text += chunk;
      resolve({ status: res.statusCode, text, location: res.headers.location, hash: res.headers['k-network-hash'] });
    });
    req.on('error', reject).end();
  });
/** What a request gets, on a connection of its own or over `socket`. */
const ask = (headers: Record<string, string>, socket?: TLSSocket) => {
  const own = { host: '127.0.0.1', port: serving.listeners.https.port, servername: host, rejectUnauthorized: false, agent: false } as const;
  return answerTo((done) => request({ ...(socket ? { createConnection: () => socket } : own), headers }, done));
};
const askPlainly = (headers: Record<string, string>) =>
  answerTo((done) => get({ host: '127.0.0.1', port: serving.listeners.http.port, path: '/a?b', headers, agent: false }, done));

const fingerprint = (secret: Secret) => new X509Certificate(Buffer.from(secret.data?.['tls.crt'] ?? '', 'base64')).fingerprint256;
const presented = async (servername: string) => {
  const socket = await open(servername);
  const { fingerprint256 } = socket.getPeerCertificate();
  socket.destroy();
  return fingerprint256;
};

test('the certificate may come after the Ingress: until then it is not served, and no replica says so', async () => {
  await expect(presented(host)).rejects.toThrow(/handshake failure/);
  const probe = { host, 'k-network-probe': 'probe', 'k-network-hash': 'override' };
  expect((await askPlainly(probe)).status).toBe(503);
  serving.cluster.secrets.put(first);
  expect(await presented(host)).toBe(fingerprint(first));
  const hash = specHash(serving.cluster.ingresses.get('ns', 'app')!);
  expect(await askPlainly(probe)).toMatchObject({ status: 200, hash });
  expect(await ask(probe)).toMatchObject({ status: 200, hash });
});

test('HTTP/1.1 and h2, as ALPN agrees, with the scheme told', async () => {
  const answer = await ask({ host: 'APP.example.com:8443' });
  expect(JSON.parse(answer.text)).toMatchObject({
    version: '1.1',
    headers: { 'x-forwarded-proto': 'https', host: 'APP.example.com:8443' },
  });
  const socket = await open(host, { ALPNProtocols: ['h2', 'http/1.1'] });
  expect(socket.alpnProtocol).toBe('h2');
  const session = connectH2(`https://${host}`, { createConnection: () => socket });
  let text = '';
  for await (const chunk of session.request({ ':authority': host })) text += chunk;
  session.destroy();
  expect(JSON.parse(text)).toMatchObject({ version: '1.1', headers: { 'x-forwarded-proto': 'https', host } });
});

test('TLS 1.2 is the least', async () => {
  const socket = await open(host, { maxVersion: 'TLSv1.2' } as object);
  expect(socket.getProtocol()).toBe('TLSv1.2');
  socket.destroy();
  await expect(open(host, { minVersion: 'TLSv1', maxVersion: 'TLSv1.1', ciphers: 'DEFAULT@SECLEVEL=0' } as object)).rejects.toThrow();
});

test('names without a certificate end the handshake, and so do hosts of the other listener', async () => {
  for (const name of ['other.example.com', inside, '']) await expect(presented(name), name).rejects.toThrow(/handshake failure/);
  const local = await open(inside, { port: serving.listeners.localHttps.port });
  expect(local.getPeerCertificate().fingerprint256).toBe(fingerprint(first));
  expect(JSON.parse((await ask({ host: inside }, local)).text).headers).toMatchObject({ host: inside });
});

test('what is no TLS is closed, and others are served on', async () => {
  const socket = connectTcp(serving.listeners.https.port, '127.0.0.1', () => socket.write('GET / HTTP/1.1\r\nHost: h\r\n\r\n'));
  socket.on('error', () => undefined);
  await new Promise((resolve) => socket.once('close', resolve).resume());
  expect((await ask({ host })).status).toBe(200);
});

test('a renewed certificate is used by the next connection; those that are open go on', async () => {
  const before = await open(host);
  serving.cluster.secrets.put(renewed);
  expect(await presented(host)).toBe(fingerprint(renewed));
  expect((await ask({ host }, before)).status).toBe(200);
});

test('http is sent to https when the Ingress says so, https is served', async () => {
  serving.cluster.ingresses.put(ingress('app', rules, { tls, httpOption: 'Redirected' }));
  expect(await askPlainly({ host })).toMatchObject({ status: 301, location: `https://${host}/a?b` });
  expect((await ask({ host })).status).toBe(200);
});
