import { type IncomingMessage, type RequestOptions, request } from 'node:http';
import { connect } from 'node:net';
import type { UserProbe } from './parse.ts';

/** What queue-proxy calls itself when it probes: the kubelet's name without its version. */
const userAgent = 'kube-probe//';
const mostRedirects = 10;

/** One attempt of a probe (contract data-plane 1.5). Rejects with the reason when the container is not ready. */
export async function attempt(probe: UserProbe, timeoutMs: number): Promise<void> {
  if (probe.httpGet) return http(probe.httpGet, timeoutMs);
  if (probe.tcpSocket) return tcp(probe.tcpSocket, timeoutMs);
  // The one probe that needs HTTP/2: loaded by those who use it.
  if (probe.grpc) return (await import('./grpc.ts')).grpc(probe.grpc, timeoutMs);
  throw new Error('exec probe not supported');
}

const local = '127.0.0.1';

function tcp({ host = local, port }: NonNullable<UserProbe['tcpSocket']>, timeoutMs: number): Promise<void> {
  return new Promise((resolve, reject) => {
    const socket = connect({ host, port });
    socket.setTimeout(timeoutMs, () => socket.destroy(new Error(`no connection within ${timeoutMs} ms`)));
    socket.on('error', reject);
    socket.on('connect', () => {
      socket.destroy();
      resolve();
    });
  });
}

type HttpGet = NonNullable<UserProbe['httpGet']>;

async function http(get: HttpGet, timeoutMs: number): Promise<void> {
  const signal = AbortSignal.timeout(timeoutMs);
  const host = get.host ?? local;
  const origin = `${get.scheme === 'HTTPS' ? 'https' : 'http'}://${host.includes(':') ? `[${host}]` : host}:${get.port}`;
  let url = new URL(get.path ?? '/', origin);
  for (let hops = 0; hops <= mostRedirects; hops++) {
    const { statusCode = 0, headers } = await once(url, get, signal);
    if (statusCode < 200 || statusCode >= 400) throw new Error(`HTTP probe failed with statuscode: ${statusCode}`);
    const next = statusCode >= 300 && headers.location ? new URL(headers.location, url) : undefined;
    // Elsewhere is not this container; its redirect shows that it serves.
    if (!next || next.hostname !== url.hostname) return;
    url = next;
  }
  throw new Error(`stopped after ${mostRedirects} redirects`);
}

async function once(url: URL, { httpHeaders = [] }: HttpGet, signal: AbortSignal): Promise<IncomingMessage> {
  const headers: Record<string, string | string[]> = { 'User-Agent': userAgent };
  for (const { name, value } of httpHeaders) headers[name] = value;
  const options: RequestOptions & { rejectUnauthorized?: boolean } = { headers, agent: false, signal, rejectUnauthorized: false };
  const start = url.protocol === 'https:' ? (await import('node:https')).request : request;
  return new Promise((resolve, reject) => {
    const outgoing = start(url, options, (incoming) => {
      incoming.on('error', () => {});
      resolve(incoming);
      incoming.destroy();
    });
    outgoing.on('error', (error) => reject(signal.aborted ? new Error('no answer in time') : error));
    outgoing.end();
  });
}
