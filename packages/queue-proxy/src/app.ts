import { ports } from '@ebb/shared/api/ports.ts';
import { createForwarder } from '@ebb/shared/proxy/forward.ts';
import { listen } from '@ebb/shared/proxy/listener.ts';
import type { Logger } from '@ebb/shared/telemetry/log.ts';
import type { Running } from '@ebb/shared/telemetry/process.ts';
import { startAdmin } from './admin.ts';
import type { Announcing } from './announce/index.ts';
import { Limiter } from './core/limiter.ts';
import { RequestStats } from './core/stats.ts';
import { type QueueEnv, readEnv } from './env.ts';
import { Drain } from './handler/drain.ts';
import { InFlight } from './handler/in-flight.ts';
import { requestPath } from './handler/stack.ts';
import { startRequestMetrics } from './metrics.ts';
import { createReadiness } from './probe/readiness.ts';
import { requestLog } from './request-log.ts';
import { StartTimes } from './start-times.ts';
import { Reporter } from './stats/reporter.ts';
import { startStatsServer } from './stats/server.ts';
import { listenTls } from './tls.ts';
import { startTraces } from './trace.ts';

/** What tests set otherwise than the contract does. Times in milliseconds. */
export interface Tuning {
  env?: QueueEnv;
  adminPort?: number;
  statsPort?: number;
  /** Without arrivals for so long, a drain is over (contract data-plane 1.9). */
  quietMs?: number;
  /** So long get upgraded connections when nothing else is under way any more; 60 s when absent. */
  upgradedMs?: number;
  /** Where the request log goes; stdout when absent. */
  writeRequestLog?: (line: string) => void;
  /** What became of the announcement is logged. */
  announcing?: Announcing;
}

export interface QueueProxy extends Running {
  readonly port: number;
  readonly adminPort: number;
  readonly statsPort: number;
}

/** Where the pod's certificate is mounted, and how often it is looked at (contract data-plane 1.14). */
const certificates = { folder: '/var/lib/knative/certs', everyMs: 60_000 };
const noDeadline = 2 ** 31 - 1;

/** queue-proxy: everything it is made of, in the order it starts. */
export async function startQueueProxy(log: Logger, tuning: Tuning = {}): Promise<QueueProxy> {
  const env = tuning.env ?? readEnv(process.env);
  if (env.logLevel in log.levels.values) log.level = env.logLevel;
  const now = () => performance.now();
  const drain = new Drain(tuning.quietMs ?? 30_000);
  const inFlight = new InFlight();
  const terminated = new AbortController();
  const stats = new RequestStats(now());
  const reporter = new Reporter(stats, now, env.pod);
  const forwarder = createForwarder();
  const startTimes = new StartTimes(`${env.namespace}/${env.pod}`, now);
  const readiness = createReadiness(env.probes, (text) => log.warn(text), env);
  const ready = async () => {
    const is = await readiness();
    if (is) startTimes.ready();
    return is;
  };
  const metrics = env.requestMetrics ? await startRequestMetrics() : undefined;
  const tracing = await startTraces(env, process.env, log);
  const logged = await requestLog(env, log, tuning.writeRequestLog ?? ((line) => process.stdout.write(line)));
  const handler = requestPath({
    env,
    drain,
    inFlight,
    ready: env.probes.length > 0 ? ready : undefined,
    startTimes,
    stats,
    now,
    onArrive: () => reporter.arrived(),
    limiter: env.containerConcurrency > 0 ? new Limiter(env.containerConcurrency) : undefined,
    forwarder,
    metrics,
    requestLog: logged,
    tracing,
  });
  const onError = (error: Error) => log.error({ err: error }, 'cannot serve');
  const [main, secure, admin, statsServer] = await Promise.all([
    listen(handler, { port: env.servingPort, onError }),
    listenTls(handler, { ...certificates, port: env.servingTlsPort, variables: process.env, log, onError }),
    startAdmin(tuning.adminPort ?? ports.queueAdmin, drain, terminated.signal),
    startStatsServer(tuning.statsPort ?? ports.autometric, reporter),
  ]);
  startTimes.listening();
  void tuning.announcing?.done.then((end) => end && log.debug({ announcement: end }, 'announced to an activator'));
  return {
    port: main.port,
    adminPort: admin.port,
    statsPort: statsServer.port,
    async drain() {
      terminated.abort();
      const quiet = drain.begin();
      main.draining();
      secure?.draining();
      await quiet;
      // No deadline but the pod's own: whoever is served is served to the end.
      const closed = Promise.all([main.close(noDeadline), secure?.close(noDeadline), admin.close()]);
      if (!(await Promise.race([closed.then(() => true), onlyUpgrades(inFlight, tuning.upgradedMs ?? 60_000)])))
        log.warn({ connections: inFlight.upgrades }, 'upgraded connections are still open: cutting them');
      await statsServer.close();
      reporter.stop();
      await Promise.all([forwarder.close(), metrics?.close(), tracing?.tracer.close()]);
    },
  };
}

/** Resolves to false when nothing but upgraded connections was under way for as long as they may. */
async function onlyUpgrades(inFlight: InFlight, atMostMs: number): Promise<false> {
  for (let since = performance.now(); performance.now() - since < atMostMs; ) {
    await new Promise((resolve) => setTimeout(resolve, Math.min(1000, atMostMs / 4)).unref());
    if (inFlight.requests > 0) since = performance.now();
  }
  return false;
}
