import type { Span, Tracer } from '../telemetry/trace.ts';
import type { Exchange, Handler, Middleware } from './handler.ts';
import { statusOf } from './outcome.ts';
import { isProbe } from './probe.ts';

/** A span for each request, under that of whoever sent it (contract data-plane 1.12); probes have none. Inner layers find it as `exchange.trace`. */
export function traceRequests<E extends Exchange>(tracer: Tracer): Middleware<E> {
  return (next) => (exchange) => {
    if (isProbe(exchange)) return next(exchange);
    const { req } = exchange;
    const span = tracer.span(req.method, 'server', req.header('traceparent'), {
      'http.request.method': req.method,
      'url.path': pathOf(req.url),
      'url.scheme': 'http',
      'server.address': req.authority,
      'network.protocol.version': req.version.slice('HTTP/'.length),
      'user_agent.original': req.header('user-agent'),
    });
    exchange.trace = span;
    exchange.onEnd((error) => finish(span, exchange, error));
    return next(exchange);
  };
}

/** Two spans around what is inside: `name`, and under it the client's, which the next server is told of. */
export function traceForwarding<E extends Exchange>(name: string, clientName: (exchange: E) => string): Middleware<E> {
  return (next: Handler<E>) => (exchange) => {
    const outer = exchange.trace;
    if (!outer) return next(exchange);
    const around = outer.child(name);
    const client = around.child(clientName(exchange), 'client', { 'http.request.method': exchange.req.method });
    exchange.trace = client;
    exchange.onEnd((error) => {
      finish(client, exchange, error);
      around.end();
    });
    return next(exchange);
  };
}

export const pathOf = (url: string): string => url.split('?', 1)[0] || '/';

function finish(span: Span, exchange: Exchange, error: Error | undefined): void {
  const status = statusOf(exchange, error);
  if (status !== undefined) span.set('http.response.status_code', status);
  if (error) span.fail(error.message);
  else if (status !== undefined && status >= 500) span.fail('');
  span.end();
}
