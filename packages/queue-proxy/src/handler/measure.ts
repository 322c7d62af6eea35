import type { Middleware } from '@ebb/shared/proxy/handler.ts';
import { statusOf } from '@ebb/shared/proxy/outcome.ts';
import type { Limiter } from '../core/limiter.ts';
import type { RequestMetrics } from '../metrics.ts';

/** Records the user container's time and what waits (contract data-plane 1.11, the `kn.serving` instruments). */
export function measureRequests(metrics: RequestMetrics, now: () => number, limiter?: Limiter): Middleware {
  return (next) => (exchange) => {
    if (limiter) metrics.queueDepth(limiter.depth);
    const began = now();
    exchange.onEnd((error) => {
      metrics.invocation((now() - began) / 1000, statusOf(exchange, error) ?? 500);
    });
    return next(exchange);
  };
}
