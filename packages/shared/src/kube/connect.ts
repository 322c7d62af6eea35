import { Agent, request as httpRequest } from 'node:http';
import { request as httpsRequest, type RequestOptions, Agent as TlsAgent } from 'node:https';
import { StringDecoder } from 'node:string_decoder';
import { KubeConfig } from '@kubernetes/client-node/dist/config.js';
import type { Meter } from '@opentelemetry/api';
import { apiVersionOf, type Kind, type KubeObject } from '../api/meta.ts';
import { type KubeClient, KubeError, type List, type ListOptions, type PatchType, type WatchEvent } from './client.ts';
import { pathOf } from './paths.ts';
import { requestMetrics } from './request-metrics.ts';

const requestTimeoutMs = 30_000;
/** The server ends a watch after this long. */
const watchSeconds = 290;
/**
 * A watch of a quiet kind may be silent to its end: bookmarks come only where the storage tells of progress, and old etcd
 * does not. A peer that is gone is noticed by TCP keep-alive; this is for one that is there and hangs.
 */
const watchSilenceMs = (watchSeconds + 15) * 1000;

const patchTypes: Record<PatchType, string> = {
  merge: 'application/merge-patch+json',
  json: 'application/json-patch+json',
  strategic: 'application/strategic-merge-patch+json',
};

interface Call {
  method: string;
  path: string;
  query?: Record<string, string | undefined>;
  body?: unknown;
  contentType?: string;
}

/**
 * Connects by `kubeconfig` (a file), else by KUBECONFIG, `~/.kube/config` or the pod's service account, in that order,
 * as kubectl does. On `meter` its answers are counted, but those to watches.
 */
export function connectKube(kubeconfig?: string, meter?: Meter): KubeClient {
  const answered = meter && requestMetrics(meter);
  const config = new KubeConfig();
  if (kubeconfig) config.loadFromFile(kubeconfig);
  else config.loadFromDefault();
  const cluster = config.getCurrentCluster();
  if (!cluster) throw new Error('no cluster: set KUBECONFIG, or run in a pod with a service account');
  const base = new URL(cluster.server);
  const secure = base.protocol === 'https:';
  // Idle connections are closed before the server does it (90 s): a request sent into that moment would be lost.
  const keepAlive = { keepAlive: true, maxSockets: 64, scheduling: 'lifo', timeout: 45_000 } as const;
  let agents: { calls: Agent | TlsAgent; watches: Agent | TlsAgent } | undefined;

  async function options(call: Call, watching: boolean): Promise<RequestOptions> {
    const tls: RequestOptions & { headers?: Record<string, string> } = {};
    // Reads the service account's token again when it changed.
    await config.applyToHTTPSOptions(tls);
    const { ca, cert, key, pfx, passphrase, rejectUnauthorized, servername } = tls;
    const identity = { ca, cert, key, pfx, passphrase, rejectUnauthorized, servername };
    agents ??= secure
      ? { calls: new TlsAgent({ ...keepAlive, ...identity }), watches: new TlsAgent({ keepAlive: false, ...identity }) }
      : { calls: new Agent(keepAlive), watches: new Agent({ keepAlive: false }) };
    const query = new URLSearchParams(Object.entries(call.query ?? {}).filter((e): e is [string, string] => e[1] !== undefined));
    return {
      method: call.method,
      host: base.hostname,
      port: base.port || (secure ? 443 : 80),
      path: `${base.pathname.replace(/\/$/, '')}${call.path}${query.size ? `?${query}` : ''}`,
      agent: watching ? agents.watches : agents.calls,
      headers: {
        ...tls.headers,
        accept: 'application/json',
        'user-agent': 'ebb',
        ...(call.body === undefined ? {} : { 'content-type': call.contentType ?? 'application/json' }),
      },
    };
  }

  const send = secure ? httpsRequest : httpRequest;

  async function once<T>(call: Call): Promise<T> {
    const opts = await options(call, false);
    const began = performance.now();
    return new Promise<T>((resolve, reject) => {
      const req = send(opts, (res) => {
        const chunks: Buffer[] = [];
        res.on('data', (c: Buffer) => chunks.push(c));
        res.on('error', reject);
        res.on('end', () => {
          const text = Buffer.concat(chunks).toString();
          const status = res.statusCode ?? 500;
          answered?.({ method: call.method, host: base.hostname, status, seconds: (performance.now() - began) / 1000 });
          if (status < 300) resolve((text ? parse(text) : undefined) as T);
          else reject(toError(status, text));
        });
      });
      req.setTimeout(requestTimeoutMs, () =>
        req.destroy(new Error(`${call.method} ${call.path}: no answer within ${requestTimeoutMs / 1000} s`)),
      );
      req.on('error', reject);
      if (call.body === undefined) {
        req.end();
        return;
      }
      const body = JSON.stringify(call.body);
      // node:http gives the body of a DELETE no length by itself; the server would read it as the next request.
      req.setHeader('content-length', Buffer.byteLength(body));
      req.end(body);
    });
  }

  async function* watch<T extends KubeObject>(
    kind: Kind<T>,
    o: ListOptions & { resourceVersion: string },
    signal: AbortSignal,
  ): AsyncIterable<WatchEvent<T>> {
    const call: Call = {
      method: 'GET',
      path: pathOf(kind, o.namespace),
      query: {
        watch: '1',
        resourceVersion: o.resourceVersion,
        allowWatchBookmarks: 'true',
        timeoutSeconds: String(watchSeconds),
        labelSelector: o.labelSelector,
        fieldSelector: o.fieldSelector,
      },
    };
    const opts = await options(call, true);
    const res = await new Promise<import('node:http').IncomingMessage>((resolve, reject) => {
      const late = setTimeout(
        () => req.destroy(new Error(`watch ${call.path}: no answer within ${requestTimeoutMs / 1000} s`)),
        requestTimeoutMs,
      );
      const req = send({ ...opts, signal }, resolve);
      req.on('close', () => clearTimeout(late)).on('response', () => clearTimeout(late));
      req.setTimeout(watchSilenceMs, () => req.destroy(new Error('the watch went silent')));
      req.on('socket', (s) => s.setKeepAlive(true, 15_000));
      req.on('error', reject);
      req.end();
    });
    if ((res.statusCode ?? 500) >= 300) {
      let text = '';
      for await (const chunk of res) text += chunk;
      throw toError(res.statusCode ?? 500, text);
    }
    for await (const line of lines(res)) yield JSON.parse(line) as WatchEvent<T>;
  }

  return {
    get: (kind, namespace, name) => once({ method: 'GET', path: pathOf(kind, namespace, name) }),
    async list<T extends KubeObject>(kind: Kind<T>, o: ListOptions = {}): Promise<List<T>> {
      const query = { labelSelector: o.labelSelector, fieldSelector: o.fieldSelector, limit: o.limit?.toString() };
      const list = await once<{ metadata: { resourceVersion: string }; items: T[] }>({
        method: 'GET',
        path: pathOf(kind, o.namespace),
        query,
      });
      const type = { apiVersion: apiVersionOf(kind), kind: kind.kind };
      return { resourceVersion: list.metadata.resourceVersion, items: list.items.map((i) => ({ ...i, ...type })) };
    },
    create: (kind, object, o) =>
      once({
        method: 'POST',
        path: pathOf(kind, object.metadata.namespace),
        query: { dryRun: o?.dryRun ? 'All' : undefined, fieldManager: 'ebb' },
        body: { ...object, apiVersion: apiVersionOf(kind), kind: kind.kind },
      }),
    update: (kind, object) => once({ method: 'PUT', path: pathOf(kind, object.metadata.namespace, object.metadata.name), body: object }),
    updateStatus: (kind, object) =>
      once({ method: 'PUT', path: pathOf(kind, object.metadata.namespace, object.metadata.name, 'status'), body: object }),
    patch: (kind, namespace, name, type, body, subresource) =>
      once({ method: 'PATCH', path: pathOf(kind, namespace, name, subresource), body, contentType: patchTypes[type] }),
    apply: (kind, object, manager) =>
      once({
        method: 'PATCH',
        path: pathOf(kind, object.metadata.namespace, object.metadata.name),
        query: { fieldManager: manager },
        body: { ...object, apiVersion: apiVersionOf(kind), kind: kind.kind },
        contentType: 'application/apply-patch+yaml',
      }),
    async delete(kind, namespace, name, o) {
      const preconditions = o?.uid || o?.resourceVersion ? { uid: o.uid, resourceVersion: o.resourceVersion } : undefined;
      const body = { apiVersion: 'v1', kind: 'DeleteOptions', propagationPolicy: o?.propagation ?? 'Background', preconditions };
      await once({ method: 'DELETE', path: pathOf(kind, namespace, name), body });
    },
    watch,
    version: () => once({ method: 'GET', path: '/version' }),
  };
}

/** The lines of a stream that are not empty. Rejects when the stream breaks: `node:readline` would wait for ever. */
async function* lines(stream: AsyncIterable<Buffer>): AsyncIterable<string> {
  const decoder = new StringDecoder('utf8');
  let rest: string[] = [];
  for await (const chunk of stream) {
    const [first = '', ...more] = decoder.write(chunk).split('\n');
    rest.push(first);
    for (const next of more) {
      const line = rest.join('');
      rest = [next];
      if (line !== '') yield line;
    }
  }
}

const parse = (text: string): unknown => {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
};

function toError(code: number, text: string): KubeError {
  const status = parse(text) as { reason?: string; message?: string } | string;
  if (typeof status === 'object' && status !== null) return new KubeError(code, status.reason ?? '', status.message ?? text);
  return new KubeError(code, '', `${code}: ${text.trim().slice(0, 300)}`);
}
