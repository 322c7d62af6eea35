import type { Exchange, Handler, Middleware } from '@ebb/shared/proxy/handler.ts';
import { respond, respondError } from '@ebb/shared/proxy/respond.ts';
import type { Admission, Limiter } from '../core/limiter.ts';

/** Lets in what the container may have at once (contract data-plane 1.6). An upgraded connection holds its slot until it closes. */
export function limitConcurrency(limiter: Limiter): Middleware {
  const admitted = (admission: Admission, exchange: Exchange, next: Handler): Promise<void> => {
    if (admission === 'admitted') {
      exchange.onEnd(() => limiter.release());
      return next(exchange);
    }
    if (admission === 'full') respondError(exchange, 503, 'pending request queue full');
    else respond(exchange, 500);
    return done;
  };
  return (next) => (exchange) => {
    const wait = exchange.trace?.child('kn.queueproxy.wait');
    const taken = limiter.acquire(exchange);
    if (wait) {
      if (typeof taken === 'string') wait.end();
      else void taken.then(() => wait.end());
    }
    return typeof taken === 'string' ? admitted(taken, exchange, next) : taken.then((admission) => admitted(admission, exchange, next));
  };
}

const done = Promise.resolve();
