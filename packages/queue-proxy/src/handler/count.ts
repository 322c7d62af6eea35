import { headers as names } from '@ebb/shared/api/headers.ts';
import type { Middleware } from '@ebb/shared/proxy/handler.ts';
import type { RequestStats } from '../core/stats.ts';
import { header } from './probes.ts';

/** Counts what executes and what waits. `onArrive` hears of each request, once it is counted. */
export function countRequests(stats: RequestStats, now: () => number, onArrive: () => void): Middleware {
  return (next) => (exchange) => {
    const proxied = header(exchange, names.proxyRequest) === 'activator';
    stats.arrive(proxied, now());
    onArrive();
    exchange.onEnd(() => stats.leave(proxied, now()));
    return next(exchange);
  };
}
