import type { Middleware } from '@ebb/shared/proxy/handler.ts';
import { respond, respondError } from '@ebb/shared/proxy/respond.ts';
import type { Limiter } from '../core/limiter.ts';

/** Lets in what the container may have at once (contract data-plane 1.6). An upgraded connection holds its slot until it closes. */
export function limitConcurrency(limiter: Limiter): Middleware {
  return (next) => async (exchange) => {
    const taken = limiter.acquire(exchange.signal);
    const admission = typeof taken === 'string' ? taken : await taken;
    if (admission === 'full') return respondError(exchange, 503, 'pending request queue full');
    if (admission === 'cancelled') return respond(exchange, 500);
    try {
      await next(exchange);
    } finally {
      limiter.release();
    }
  };
}
