import { setTimeout as sleep } from 'node:timers/promises';
import { builtin } from '@ebb/shared/api/builtin.ts';
import { headers } from '@ebb/shared/api/headers.ts';
import { kinds } from '@ebb/shared/api/kinds.ts';
import { labels } from '@ebb/shared/api/labels.ts';
import { followLogLevel } from '@ebb/shared/config/log-level.ts';
import { createConfigStore } from '@ebb/shared/config/store.ts';
import { connectEvents } from '@ebb/shared/events/bus.ts';
import { connectKube } from '@ebb/shared/kube/connect.ts';
import { createInformers } from '@ebb/shared/kube/informers.ts';
import { childName } from '@ebb/shared/lib/child-name.ts';
import { systemClock } from '@ebb/shared/lib/clock.ts';
import { createForwarder } from '@ebb/shared/proxy/forward.ts';
import { listen } from '@ebb/shared/proxy/listener.ts';
import { serverHistograms } from '@ebb/shared/telemetry/http-metrics.ts';
import type { Logger } from '@ebb/shared/telemetry/log.ts';
import { startMetrics } from '@ebb/shared/telemetry/metrics.ts';
import type { Running } from '@ebb/shared/telemetry/process.ts';
import { startAnnouncements } from './announce/index.ts';
import { answerFrom } from './announce/pod-answer.ts';
import { probe } from './backends/probe.ts';
import { activatorEnv } from './env.ts';
import { requestPath } from './handler/stack.ts';
import { Health } from './health.ts';
import { requestLog } from './request-log.ts';
import { Registry } from './revisions/registry.ts';
import { endpointsIndexes, podIndexes, slimPod, slimRevision } from './revisions/watch.ts';
import { Autoscaler } from './stats/autoscaler.ts';
import { Reporter } from './stats/reporter.ts';
import { instruments as createInstruments } from './telemetry.ts';
import { startTraces } from './trace.ts';
import { wakes } from './wake.ts';

const configMaps = ['config-network', 'config-logging', 'config-observability'] as const;
/** Between two questions to a pod that requests wait for, ms. */
const eagerMs = 25;
/** What is under way when the drain is over gets this long, below the pod's 600 s. */
const closeGraceMs = 540_000;

/** The activator: everything it is made of, in the order it starts. */
export async function startActivator(log: Logger): Promise<Running> {
  const env = activatorEnv();
  const clock = systemClock;
  const health = new Health(clock.now());
  const metrics = await startMetrics('activator', env.metricsPort);
  const kube = connectKube(undefined, metrics.meter);

  const informers = createInformers(kube, log);
  const maps = informers.informer(builtin.ConfigMap, { namespace: env.systemNamespace });
  const sources = {
    revisions: informers.informer(kinds.Revision, { transform: slimRevision }),
    endpoints: informers.informer(builtin.Endpoints, { labelSelector: labels.serviceType, indexes: endpointsIndexes }),
    services: informers.informer(builtin.Service, { labelSelector: `${labels.serviceType}=Private` }),
    pods: informers.informer(builtin.Pod, { labelSelector: labels.revisionUID, indexes: podIndexes, transform: slimPod }),
  };
  const activators = informers.informer(builtin.Endpoints, {
    namespace: env.systemNamespace,
    fieldSelector: 'metadata.name=activator-service',
  });
  await informers.start();
  const config = createConfigStore({
    source: maps,
    namespace: env.systemNamespace,
    names: configMaps,
    log,
  });
  followLogLevel(config, 'activator', log);
  const { meshCompatibilityMode, enableMeshPodAddressability: passthrough } = config.get('config-network');

  const tracer = await startTraces(config, env, log);

  const bus = connectEvents({ component: 'activator', url: env.natsUrl, log });
  const autoscaler = new Autoscaler({
    address: env.autoscaler,
    onReady: () => {
      log.info({ address: env.autoscaler }, 'connected to the autoscaler');
      health.connected();
      reporter.catchUp();
    },
    onLost: (error) => {
      log.debug({ err: error.message }, 'no stream to the autoscaler; trying again');
      instruments.connectionLost();
    },
  });
  const instruments = createInstruments(metrics.meter, {
    reachable: () => autoscaler.reachable,
    revisions: () => registry.all(),
  });
  const reporter = new Reporter({ podName: env.podName, clock, send: (m) => autoscaler.send(m), reported: instruments.reported });
  const wake = wakes({ reporter, bus, instruments, log, revision: (key) => registry.get(key) });
  const registry = new Registry(sources, {
    podIP: env.podIP,
    clock,
    onHeld: wake.held,
    onColdStart: wake.finished,
    prober: (namespace, name, revisions) => ({
      mesh: { mode: meshCompatibilityMode as 'auto' | 'enabled' | 'disabled', passthrough },
      frequencyMs: env.probeFrequencyMs,
      eagerMs,
      announcedMs: () => revisions.announced.paceMs,
      probe: (dest, signal, announced) => {
        const host = { host: `${childName(name, '-private')}.${namespace}`, [headers.passthroughLb]: 'true' };
        const revision = revisions.get(`${namespace}/${name}`);
        const accepts = revision && answerFrom(revisions, revision, announced);
        return probe({ dest, signal, timeoutMs: env.probeTimeoutMs, headers: passthrough ? host : {}, accepts });
      },
    }),
  });
  const isAnnounced = env.announcementsPort !== 0 && meshCompatibilityMode !== 'enabled';
  const announcements = isAnnounced
    ? await startAnnouncements({
        port: env.announcementsPort,
        own: env.podIP,
        registry,
        pods: sources.pods,
        activators,
        kube,
        bus,
        clock,
        log,
      })
    : undefined;
  const forwarder = createForwarder();
  const measured = serverHistograms();
  metrics.add(measured);
  const path = requestPath({
    unhealthy: () => health.reason(clock.now()),
    revisions: sources.revisions,
    registry,
    clusterDomain: env.clusterDomain,
    reporter,
    forwarder,
    passthrough,
    tracer,
    measured,
    requestLog: requestLog(config, log, (line) => process.stdout.write(line)),
  });
  const onError = (error: Error) => log.debug({ err: error.message }, 'a connection failed');
  const listeners = await Promise.all([env.http1Port, env.h2cPort].map((port) => listen(path, { port, onError })));
  log.info({ ports: listeners.map((l) => l.port) }, 'listening');

  return {
    async drain() {
      health.stopping();
      announcements?.close();
      for (const listener of listeners) listener.draining();
      await sleep(env.drainDelayMs);
      await Promise.all(listeners.map((l) => l.close(closeGraceMs)));
      reporter.report();
      reporter.stop();
      registry.close();
      autoscaler.close();
      await forwarder.close();
      await informers.stop();
      await bus.close();
      await Promise.all([metrics.close(), tracer?.close()]);
    },
  };
}
