import { headers as names, probeValues, userAgents } from '@ebb/shared/api/headers.ts';
import type { Exchange, Middleware } from '@ebb/shared/proxy/handler.ts';
import { respond, respondError } from '@ebb/shared/proxy/respond.ts';
import type { StartTimes } from '../start-times.ts';
import type { Drain } from './drain.ts';

const probers = [userAgents.kubeletPrefix, userAgents.activator, userAgents.autoscaler];

export const header = (exchange: Exchange, name: string): string => exchange.req.header(name);

const done = Promise.resolve();

/** Answers probes, and tells the drain of everything else (contract data-plane 1.4). */
export function answerProbes(drain: Drain, ready: (() => Promise<boolean>) | undefined, startTimes: StartTimes): Middleware {
  return (next) => (exchange) => {
    const agent = header(exchange, 'user-agent');
    const value = header(exchange, names.probe);
    const isHealth = agent !== '' && probers.some((prefix) => agent.startsWith(prefix));
    if (!isHealth && value !== probeValues.network) {
      drain.arrived();
      return next(exchange);
    }
    if (!drain.draining && isHealth) return answerHealth(exchange, value, ready, startTimes);
    if (drain.draining) respondError(exchange, 503, 'shutting down');
    else answerNetwork(exchange);
    return done;
  };
}

function answerNetwork(exchange: Exchange): void {
  const hash = header(exchange, names.hash);
  if (hash === '') respondError(exchange, 400, `a probe request must contain a non-empty "K-Network-Hash" header`);
  else respond(exchange, 200, '', { [names.hash]: hash });
}

async function answerHealth(
  exchange: Exchange,
  value: string,
  ready: (() => Promise<boolean>) | undefined,
  startTimes: StartTimes,
): Promise<void> {
  if (value !== probeValues.queue) return respondError(exchange, 400, `unexpected probe header value: ${value}`);
  if (!ready) return respondError(exchange, 500, 'no probe');
  if (await ready()) respond(exchange, 200, probeValues.queue, startTimes.headers);
  else respond(exchange, 503);
}
