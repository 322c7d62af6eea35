import { headers as names } from '@ebb/shared/api/headers.ts';
import type { Middleware } from '@ebb/shared/proxy/handler.ts';
import type { RequestStats } from '../core/stats.ts';
import { header } from './probes.ts';

/** Counts what executes and what waits. `onFirst` hears of the request that ends an idle time. */
export function countRequests(stats: RequestStats, now: () => number, onFirst: () => void): Middleware {
  return (next) => async (exchange) => {
    const proxied = header(exchange, names.proxyRequest) === 'activator';
    stats.arrive(proxied, now());
    if (stats.concurrency === 1) onFirst();
    try {
      await next(exchange);
    } finally {
      stats.leave(proxied, now());
    }
  };
}
