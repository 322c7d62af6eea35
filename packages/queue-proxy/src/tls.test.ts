import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { connect as connectHttp2 } from 'node:http2';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connect, type TLSSocket } from 'node:tls';
import { respond } from '@ebb/shared/proxy/respond.ts';
import { createLogger } from '@ebb/shared/telemetry/log.ts';
import { cleanUp, dial, onCleanUp, text } from '@ebb/shared/testing/http.ts';
import { afterEach, describe, expect, it } from 'vitest';
import { listenTls } from './tls.ts';

afterEach(cleanUp);

const log = createLogger('queue-proxy', 'silent');

function folder(): string {
  const path = mkdtempSync(join(tmpdir(), 'queue-proxy-tls-'));
  onCleanUp(() => rmSync(path, { recursive: true }));
  return path;
}

function certificate(path: string, name: string): void {
  const key = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-keyout', join(path, 'tls.key')];
  execFileSync('openssl', ['req', '-x509', ...key, '-out', join(path, 'tls.crt'), '-subj', `/CN=${name}`], { stdio: 'ignore' });
}

async function serving(path: string, variables: Record<string, string> = {}) {
  const reloads: string[] = [];
  const told = Object.assign(Object.create(log), { info: (line: string) => reloads.push(line) });
  const listener = await listenTls(async (exchange) => respond(exchange, 200, `hello ${exchange.req.version}`), {
    folder: path,
    variables,
    everyMs: 20,
    log: told,
    port: 0,
    host: '127.0.0.1',
  });
  if (listener) onCleanUp(() => listener.close(0));
  return { listener, port: listener?.port ?? 0, reloads };
}

/** A connection whose handshake is done. */
const shaken = (port: number, options: object = {}): Promise<TLSSocket> =>
  new Promise((resolve, reject) => {
    const socket = connect({ port, host: '127.0.0.1', rejectUnauthorized: false, ...options }, () => resolve(socket));
    socket.on('error', reject);
    onCleanUp(() => socket.destroy());
  });

describe('TLS', () => {
  it('is not served by a pod without a certificate', async () => {
    expect((await serving(folder())).listener).toBeUndefined();
  });

  it('is 1.3 with HTTP/1.1 and HTTP/2, and takes 1.2 where that is asked for', async () => {
    const path = folder();
    certificate(path, 'one');
    const { port } = await serving(path);
    const socket = await shaken(port, { ALPNProtocols: ['http/1.1'] });
    expect([socket.getProtocol(), socket.alpnProtocol, socket.getPeerCertificate().subject.CN]).toEqual(['TLSv1.3', 'http/1.1', 'one']);
    socket.end('GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n');
    expect(await text(socket)).toMatch(/^HTTP\/1\.1 200 OK\r\n.*hello HTTP\/1\.1$/s);

    const session = connectHttp2(`https://127.0.0.1:${port}`, { rejectUnauthorized: false });
    onCleanUp(() => session.destroy());
    expect(await text(session.request({ ':path': '/' }))).toBe('hello HTTP/2.0');

    await expect(shaken(port, { maxVersion: 'TLSv1.2' })).rejects.toThrow(/protocol/);
    const older = await serving(path, { QUEUE_PROXY_TLS_MIN_VERSION: '1.2' });
    expect((await shaken(older.port, { maxVersion: 'TLSv1.2' })).getProtocol()).toBe('TLSv1.2');
  });

  it('takes a new certificate while it runs, and keeps the last when the new one is none', async () => {
    const path = folder();
    certificate(path, 'one');
    const { port, reloads } = await serving(path);
    certificate(path, 'two');
    const name = async () => (await shaken(port)).getPeerCertificate().subject.CN;
    await expect.poll(name).toBe('two');
    expect(reloads.at(-1)).toBe('Certificate and/or key have changed on disk and were reloaded.');
    rmSync(join(path, 'tls.key'));
    await new Promise((resolve) => setImmediate(resolve));
    expect(await name()).toBe('two');
  });

  it('closes whoever speaks something else', async () => {
    const path = folder();
    certificate(path, 'one');
    const { port } = await serving(path);
    const plain = dial(port, 'GET / HTTP/1.1\r\nHost: a\r\n\r\n');
    await expect.poll(() => plain.closed).toBe(true);
    expect(plain.data).not.toContain('hello');
  });
});
