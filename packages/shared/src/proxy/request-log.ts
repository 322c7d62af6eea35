import { asText, compileTemplate, type Template, type TemplateData, type Value } from '../lib/go-template.ts';
import type { Exchange, Middleware, ProxyRequest } from './handler.ts';
import { unmapped } from './headers.ts';
import { pairsOf } from './http1/rewrite.ts';
import { isProbe } from './probe.ts';

/** Whose requests they are: `.Revision` of a template. */
export interface LoggedRevision {
  Name: string;
  Namespace: string;
  Service: string;
  Configuration: string;
  PodName: string;
  PodIP: string;
}

/** How requests are logged; `template` is undefined when they are not. */
export interface RequestLog<E extends Exchange = Exchange> {
  template: Template | undefined;
  revisionOf: (exchange: E) => LoggedRevision;
  /** Whether probes are logged too. */
  probes: boolean;
  /** `.TraceID` is known. */
  traced: boolean;
  /** Writes a line, its end included. */
  write: (line: string) => void;
  /** Milliseconds. */
  now: () => number;
}

/** A template of the request log; '' is none. Throws what is wrong with it. */
export const requestLogTemplate = (text: string): Template | undefined =>
  text === '' ? undefined : compileTemplate('requestLog', text.endsWith('\n') ? text : `${text}\n`);

/** Writes a line for each request when it is over (contract data-plane 1.10). Looks at the log anew for each: it may change. */
export function logRequests<E extends Exchange>(log: RequestLog<E>): Middleware<E> {
  return (next) => (exchange) => {
    const { template } = log;
    if (!template || (!log.probes && isProbe(exchange))) return next(exchange);
    const began = log.now();
    const from = addressOf(exchange.req);
    exchange.onEnd((error) => {
      const { req, res } = exchange;
      // An upgrade is answered on the connection itself; who broke off before an answer has none.
      const answered = res.headersSent && res.statusCode !== 101;
      const Code = answered ? res.statusCode : error && !exchange.cancelled ? 502 : 200;
      const Latency = (log.now() - began) / 1000;
      const TraceID = log.traced ? traceIdOf(req) : '';
      const Response = { Code, Size: res.bodyBytes, Latency };
      try {
        log.write(template({ Request: requestOf(req, from), Response, Revision: { ...log.revisionOf(exchange) }, TraceID }));
      } catch {
        log.write(
          `Invalid request log template: method: ${req.method}, response code: ${Code}, latency: ${Latency}, url: ${oneLine(req.url)}\n`,
        );
      }
    });
    return next(exchange);
  };
}

const oneLine = (text: string): string => text.replace(/\s/g, ' ');

/** The second part of `traceparent`, else what B3 says. */
export const traceIdOf = (req: ProxyRequest): string => req.header('traceparent').split('-')[1] ?? req.header('x-b3-traceid');

function addressOf({ remoteAddress = '', remotePort = 0 }: ProxyRequest): string {
  const address = unmapped(remoteAddress);
  return `${address.includes(':') ? `[${address}]` : address}:${remotePort}`;
}

/** A request as Go's http.Request shows itself to a template. What costs something is made when it is asked for. */
function requestOf(req: ProxyRequest, RemoteAddr: string): TemplateData {
  return {
    Method: req.method,
    RequestURI: req.url,
    Proto: req.version,
    Host: req.authority,
    ContentLength: req.body ? (req.body.length ?? -1) : 0,
    RemoteAddr,
    Referer: req.header('referer'),
    UserAgent: req.header('user-agent'),
    get URL() {
      return urlOf(req.url);
    },
    get Header() {
      return headerOf(req);
    },
  };
}

function urlOf(url: string): TemplateData {
  const [path = '', ...query] = url.split('?');
  return { Path: path, RawQuery: query.join('?'), [asText]: url };
}

/** Lists by canonical name, and the method Get. Host is no header there. */
function headerOf(req: ProxyRequest): TemplateData {
  const lists: Record<string, string[]> = Object.create(null);
  const pairs = pairsOf(req.fields);
  for (let i = 0; i < pairs.length; i += 2) {
    const name = canonical(pairs[i]!);
    if (name.startsWith(':') || name === 'Host') continue;
    lists[name] ??= [];
    lists[name].push(pairs[i + 1]!);
  }
  const get = (name: Value) => lists[canonical(String(name))]?.[0] ?? '';
  // No prototype: names are the client's. The method wins over a header of its name.
  return Object.assign(Object.create(null), lists, { Get: get });
}

const canonical = (name: string): string => name.toLowerCase().replace(/(^|-)[a-z]/g, (c) => c.toUpperCase());
