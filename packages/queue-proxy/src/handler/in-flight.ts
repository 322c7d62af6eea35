import type { Middleware } from '@ebb/shared/proxy/handler.ts';

/** What is under way, upgraded connections apart: they may never end by themselves. */
export class InFlight {
  requests = 0;
  upgrades = 0;

  readonly layer: Middleware = (next) => (exchange) => {
    const key = exchange.upgrade === undefined ? 'requests' : 'upgrades';
    this[key]++;
    exchange.onEnd(() => this[key]--);
    return next(exchange);
  };
}
