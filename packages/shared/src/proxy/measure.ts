import type { Attributes } from '@opentelemetry/api';
import { headers } from '../api/headers.ts';
import type { HttpHistograms } from '../telemetry/http-metrics.ts';
import type { Exchange, Middleware, ProxyRequest } from './handler.ts';
import { statusOf } from './outcome.ts';
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

/** What one side tells besides what both do. */
interface Side<E extends Exchange> {
  /** Distinct for distinct `attributes`. */
  key(exchange: E): string;
  attributes(exchange: E): Attributes;
  /** Values after the duration and the size of the request's body. */
  values(exchange: E): number[];
}

/** Records what an exchange came to when it ends. */
function measured<E extends Exchange>(exchange: E, histograms: HttpHistograms, now: () => number, side: Side<E>): void {
  const began = now();
  exchange.onEnd((error) => {
    const { req } = exchange;
    const method = methodOf(req);
    const status = statusOf(exchange, error) ?? 500;
    const attributes = (): Attributes => ({
      'http.request.method': method,
      'url.scheme': 'http',
      ...protocol(req.version),
      'http.response.status_code': status,
      ...side.attributes(exchange),
    });
    const values = [(now() - began) / 1000, req.body?.length ?? 0, ...side.values(exchange)];
    histograms.record(`${method} ${status} ${req.version} ${side.key(exchange)}`, attributes, values);
  });
}

/**
 * Records what every request but probes came to, as a server (contract data-plane 1.11). `identity` is asked at the end, when
 * inner layers have found it out.
 */
export function measureServer<E extends Exchange>(histograms: HttpHistograms, now: () => number, identity?: Identity<E>): Middleware<E> {
  const side: Side<E> = {
    key: (exchange) => `${exchange.req.authority} ${routeTag(exchange.req)} ${identity?.key(exchange) ?? ''}`,
    attributes: (exchange) => ({
      ...addressOf(exchange.req.authority),
      'kn.route.tag': routeTag(exchange.req),
      ...identity?.attributes(exchange),
    }),
    values: ({ res }) => [res.bodyBytes],
  };
  return (next) => (exchange) => {
    if (!isProbe(exchange)) measured(exchange, histograms, now, side);
    return next(exchange);
  };
}

/** Records what every request that passes came to, as a client of `host:port`. */
export function measureClient<E extends Exchange>(
  histograms: HttpHistograms,
  now: () => number,
  { host, port }: { host: string; port: number },
): Middleware<E> {
  const side: Side<E> = { key: () => '', attributes: () => ({ 'server.address': host, 'server.port': port }), values: () => [] };
  return (next) => (exchange) => {
    measured(exchange, histograms, now, side);
    return next(exchange);
  };
}
