import { constants } from 'node:http2';
import type { Exchange, Middleware } from './handler.ts';
import { reset } from './reset-http2.ts';
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
  return (next) => async (exchange) => {
    const { totalMs, responseStartMs, idleMs } = limitsOf(exchange);
    const controller = new AbortController();
    const stop = () => controller.abort();
    const timers: (NodeJS.Timeout | undefined)[] = [];
    let expired = false;
    const expire = () => {
      expired = true;
      if (!headSent(exchange)) respond(exchange, 504, text);
      else endWith(exchange, text);
      stop();
    };
    const after = (ms: number | undefined, then: () => void) => (ms ? setTimeout(then, Math.min(ms, longestTimer)) : undefined);
    timers.push(after(totalMs, expire));
    // Nothing on an upgraded connection counts as the start of a response (contract data-plane 1.7).
    timers.push(after(responseStartMs, () => (exchange.res && headSent(exchange)) || expire()));
    let onWrite = exchange.onWrite;
    if (idleMs) {
      const idle = after(idleMs, expire);
      timers.push(idle);
      onWrite = () => {
        exchange.onWrite?.();
        idle?.refresh();
      };
    }
    if (exchange.signal.aborted) stop();
    exchange.signal.addEventListener('abort', stop);
    try {
      await next({ ...exchange, signal: controller.signal, onWrite });
    } catch (error) {
      // Whatever broke because we stopped it: the client has its answer.
      if (!expired) throw error;
    } finally {
      for (const timer of timers) clearTimeout(timer);
      exchange.signal.removeEventListener('abort', stop);
    }
  };
}

function endWith({ res, upgrade }: Exchange, text: string): void {
  upgrade?.socket.destroy();
  if (!res || res.writableEnded) return;
  if ('stream' in res) {
    // Text beyond the announced length would break the protocol.
    if (res.stream.sentHeaders?.['content-length'] === undefined) res.stream.end(text);
    else reset(res.stream, constants.NGHTTP2_CANCEL);
  } else if (res.chunkedEncoding) res.end(text);
  else res.destroy();
}
