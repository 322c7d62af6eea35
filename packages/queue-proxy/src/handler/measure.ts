import type { Middleware } from '@ebb/shared/proxy/handler.ts';
import type { Limiter } from '../core/limiter.ts';
import type { RequestMetrics } from '../metrics.ts';

/** Records the user container's time and what waits (contract data-plane 1.11, the `kn.serving` instruments). */
export function measureRequests(metrics: RequestMetrics, now: () => number, limiter?: Limiter): Middleware {
  return (next) => async (exchange) => {
    if (limiter) metrics.queueDepth(limiter.depth);
    const began = now();
    let status = 500;
    try {
      await next(exchange);
      status = exchange.res?.statusCode ?? 101;
    } catch (error) {
      status = 502;
      throw error;
    } finally {
      metrics.invocation((now() - began) / 1000, status);
    }
  };
}
