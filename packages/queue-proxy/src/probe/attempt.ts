import { type IncomingMessage, type RequestOptions, request } from 'node:http';
import { connect } from 'node:net';
import type { UserProbe } from './parse.ts';

/** What queue-proxy calls itself when it probes: the kubelet's name without its version. */
const userAgent = 'kube-probe//';
const mostRedirects = 10;

/**
 * One attempt of a probe (contract data-plane 1.5). Rejects with the reason when the container is not ready. With `detectHttp2`
 * an HTTP probe is tried over HTTP/2 first, each time anew, and over HTTP/1 where that is not good.
 */
export async function attempt(probe: UserProbe, timeoutMs: number, detectHttp2 = false): Promise<void> {
  if (probe.httpGet) {
    if (detectHttp2 && (await http2(probe.httpGet, timeoutMs))) return;
    return http(probe.httpGet, timeoutMs);
  }
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
  let url = urlOf(get);
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

function urlOf({ host = local, scheme, port, path = '/' }: HttpGet): URL {
  return new URL(path, `${scheme === 'HTTPS' ? 'https' : 'http'}://${host.includes(':') ? `[${host}]` : host}:${port}`);
}

function headersOf({ httpHeaders = [] }: HttpGet): Record<string, string> {
  const headers: Record<string, string> = { 'User-Agent': userAgent };
  for (const { name, value } of httpHeaders) headers[name] = value;
  return headers;
}

/** Whether the container answers well over HTTP/2. With its own headers, unlike the original, whose HTTP/1 probes then lack them. */
async function http2(get: HttpGet, timeoutMs: number): Promise<boolean> {
  if (get.scheme === 'HTTPS') return false;
  const { getH2c } = await import('./h2c.ts');
  return getH2c(urlOf(get), headersOf(get), timeoutMs).then(
    (status) => status >= 200 && status < 400,
    () => false,
  );
}

async function once(url: URL, get: HttpGet, signal: AbortSignal): Promise<IncomingMessage> {
  const headers = headersOf(get);
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
