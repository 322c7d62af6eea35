import { headers as names } from '@ebb/shared/api/headers.ts';
import type { Forwarder } from '@ebb/shared/proxy/forward.ts';
import { compose, type Handler, type Middleware } from '@ebb/shared/proxy/handler.ts';
import { measureClient, measureServer } from '@ebb/shared/proxy/measure.ts';
import { limitTime } from '@ebb/shared/proxy/timeouts.ts';
import type { Limiter } from '../core/limiter.ts';
import type { RequestStats } from '../core/stats.ts';
import type { QueueEnv } from '../env.ts';
import type { RequestMetrics } from '../metrics.ts';
import type { StartTimes } from '../start-times.ts';
import type { Tracing } from '../trace.ts';
import { countRequests } from './count.ts';
import type { Drain } from './drain.ts';
import type { InFlight } from './in-flight.ts';
import { limitConcurrency } from './limit.ts';
import { measureRequests } from './measure.ts';
import { answerProbes, header } from './probes.ts';
import { toUser, userHost } from './proxy.ts';

export interface StackOptions {
  env: QueueEnv;
  drain: Drain;
  inFlight: InFlight;
  /** Whether the user's containers are ready; absent when they have no probe. */
  ready?: () => Promise<boolean>;
  startTimes: StartTimes;
  stats: RequestStats;
  now: () => number;
  /** Told of the request that ends an idle time. */
  onArrive: () => void;
  /** Absent when the container has no limit. */
  limiter?: Limiter;
  forwarder: Forwarder;
  metrics?: RequestMetrics;
  /** Outermost, so that it sees probes as well. */
  requestLog?: Middleware;
  tracing?: Tracing;
}

/** The request path, outermost first (contract data-plane 1.3). */
export function requestPath(o: StackOptions): Handler {
  const { env, limiter, metrics } = o;
  const limits = { totalMs: env.timeoutMs, responseStartMs: env.responseStartTimeoutMs, idleMs: env.idleTimeoutMs };
  const user = toUser(o.forwarder, env.userPort);
  const counted: Middleware[] = [countRequests(o.stats, o.now, o.onArrive)];
  if (limiter) counted.push(limitConcurrency(limiter));
  if (o.tracing) counted.push(o.tracing.layers.traceForwarding('kn.queueproxy.proxy', ({ req }) => `HTTP ${req.method}`));
  if (metrics) {
    counted.push(measureRequests(metrics, o.now, limiter));
    counted.push(measureClient(metrics.client, o.now, { host: userHost, port: env.userPort }));
  }
  const outer: Middleware[] = metrics ? [measureServer(metrics.server, o.now)] : [];
  if (o.tracing) outer.push(o.tracing.layers.traceRequests(o.tracing.tracer));
  if (o.requestLog) outer.push(o.requestLog);
  return compose(
    [
      ...outer,
      answerProbes(o.drain, o.ready, o.startTimes),
      o.inFlight.layer,
      limitTime(() => limits, 'request timeout'),
      passKubeletProbes(user),
    ],
    compose(counted, user),
  );
}

/** Probes of a kubelet that a mesh rewrote go to the user, uncounted and unlimited. */
function passKubeletProbes(user: Handler): Middleware {
  return (next) => (exchange) => (header(exchange, names.kubeletProbe) === '' ? next(exchange) : user(exchange));
}
