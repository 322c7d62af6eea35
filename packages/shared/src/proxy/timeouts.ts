import type { Exchange, Middleware } from './handler.ts';
import { headSent, respond } from './respond.ts';

/** Time limits of one exchange in milliseconds; absent or 0 is none (contract data-plane 1.7). */
export interface TimeLimits {
  /** From its arrival to its end, also when the response is under way. */
  totalMs?: number;
  /** From its arrival to the response head. */
  responseStartMs?: number;
  /** Since the last write to the client, or its arrival. */
  idleMs?: number;
}

const longestTimer = 2 ** 31 - 1;

/**
 * Ends exchanges that take too long: 504 with `text` while the head is not out, else `text` is appended to the body (a
 * response with a length is cut, an upgraded connection too), and everything done for the exchange stops.
 */
export function limitTime<E extends Exchange>(limitsOf: (exchange: E) => TimeLimits, text: string): Middleware<E> {
  return (next) => (exchange) => {
    const { totalMs, responseStartMs, idleMs } = limitsOf(exchange);
    const expire = () => {
      if (!headSent(exchange)) respond(exchange, 504, text);
      else exchange.res.endWith(text);
      exchange.cancel();
    };
    const total = after(totalMs, expire);
    // Nothing on an upgraded connection counts as the start of a response (contract data-plane 1.7).
    const start =
      totalMs && responseStartMs && responseStartMs >= totalMs
        ? undefined
        : after(responseStartMs, () => (headSent(exchange) && exchange.res.statusCode !== 101) || expire());
    const idle = after(idleMs, expire);
    if (idle) {
      const { onWrite } = exchange;
      exchange.onWrite = () => {
        onWrite?.();
        idle.refresh();
      };
    }
    exchange.onEnd(() => {
      if (total) clearTimeout(total);
      if (start) clearTimeout(start);
      if (idle) clearTimeout(idle);
    });
    return next(exchange);
  };
}

const after = (ms: number | undefined, then: () => void): NodeJS.Timeout | undefined =>
  ms ? setTimeout(then, Math.min(ms, longestTimer)) : undefined;
