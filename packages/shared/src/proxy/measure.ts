import type { Attributes } from '@opentelemetry/api';
import { headers } from '../api/headers.ts';
import type { HttpHistograms } from '../telemetry/http-metrics.ts';
import type { Exchange, Middleware, ProxyRequest } from './handler.ts';
import { isProbe } from './probe.ts';

/** RFC 9110 and 5789; others are one, since a client may make up as many as it likes. */
const methods = new Set(['CONNECT', 'DELETE', 'GET', 'HEAD', 'OPTIONS', 'PATCH', 'POST', 'PUT', 'TRACE']);
const methodOf = ({ method }: ProxyRequest): string => (methods.has(method) ? method : '_OTHER');

/** Which way a request was routed, `kn.route.tag` (contract data-plane 1.3). */
export function routeTag(req: ProxyRequest): string {
  const tag = req.header(headers.tag);
  const byDefault = req.header(headers.defaultRoute);
  if (tag === '') return byDefault === '' ? 'kn:disabled' : 'kn:default';
  return byDefault === 'true' ? 'kn:undefined' : tag;
}

/** What was answered in the end, or would have been to whoever is gone. */
export const statusOf = ({ res }: Exchange, error: Error | undefined): number => (res.headersSent ? res.statusCode : error ? 502 : 500);

/** The host and, where it is not the scheme's, the port. */
function addressOf(authority: string): Attributes {
  const [, host = '', port] = /^(\[[^\]]*\]|[^:]*)(?::(\d+))?$/.exec(authority) ?? [];
  return { 'server.address': host, ...(port && port !== '80' ? { 'server.port': Number(port) } : {}) };
}

/** HTTP/1.1 → 1.1, HTTP/2.0 → 2. */
const protocol = (version: string): Attributes => ({
  'network.protocol.name': 'http',
  'network.protocol.version': version.slice('HTTP/'.length).replace('2.0', '2'),
});

/** Whose requests these are. */
export interface Identity<E extends Exchange> {
  /** Distinct for distinct attributes. */
  key(exchange: E): string;
  attributes(exchange: E): Attributes;
}

/**
 * Records what every request but probes came to, as a server (contract data-plane 1.11). `identity` is asked at the end, when
 * inner layers have found it out.
 */
export function measureServer<E extends Exchange>(histograms: HttpHistograms, now: () => number, identity?: Identity<E>): Middleware<E> {
  return (next) => (exchange) => {
    if (isProbe(exchange)) return next(exchange);
    const began = now();
    exchange.onEnd((error) => {
      const { req, res } = exchange;
      const method = methodOf(req);
      const status = statusOf(exchange, error);
      const tag = routeTag(req);
      const attributes = (): Attributes => ({
        'http.request.method': method,
        'url.scheme': 'http',
        ...addressOf(req.authority),
        ...protocol(req.version),
        'http.response.status_code': status,
        'kn.route.tag': tag,
        ...identity?.attributes(exchange),
      });
      const key = `${method} ${status} ${req.version} ${req.authority} ${tag} ${identity ? identity.key(exchange) : ''}`;
      histograms.record(key, attributes, [(now() - began) / 1000, req.body?.length ?? 0, res.bodyBytes]);
    });
    return next(exchange);
  };
}

/** Records what every request that passes came to, as a client of `host:port`. */
export function measureClient<E extends Exchange>(
  histograms: HttpHistograms,
  now: () => number,
  { host, port }: { host: string; port: number },
): Middleware<E> {
  return (next) => (exchange) => {
    const began = now();
    exchange.onEnd((error) => {
      const { req } = exchange;
      const method = methodOf(req);
      const status = statusOf(exchange, error);
      const attributes = (): Attributes => ({
        'http.request.method': method,
        'url.scheme': 'http',
        'server.address': host,
        'server.port': port,
        ...protocol(req.version),
        'http.response.status_code': status,
      });
      histograms.record(`${method} ${status} ${req.version}`, attributes, [(now() - began) / 1000, req.body?.length ?? 0]);
    });
    return next(exchange);
  };
}
