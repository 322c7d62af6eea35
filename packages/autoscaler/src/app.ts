import { builtin } from '@ebb/shared/api/builtin.ts';
import { kinds } from '@ebb/shared/api/kinds.ts';
import { labels } from '@ebb/shared/api/labels.ts';
import { ports } from '@ebb/shared/api/ports.ts';
import { followLogLevel } from '@ebb/shared/config/log-level.ts';
import { createConfigStore } from '@ebb/shared/config/store.ts';
import { connectEvents } from '@ebb/shared/events/bus.ts';
import { createRecorder } from '@ebb/shared/events/recorder.ts';
import { connectKube } from '@ebb/shared/kube/connect.ts';
import { createInformers } from '@ebb/shared/kube/informers.ts';
import { createElector } from '@ebb/shared/kube/leases.ts';
import { declareInformers, type Running as Reconciling, runReconcilers } from '@ebb/shared/kube/run.ts';
import { systemClock as clock } from '@ebb/shared/lib/clock.ts';
import { commonEnv, portFromEnv } from '@ebb/shared/telemetry/env.ts';
import type { Logger } from '@ebb/shared/telemetry/log.ts';
import { startMetrics } from '@ebb/shared/telemetry/metrics.ts';
import type { Running } from '@ebb/shared/telemetry/process.ts';
import { keepBucketServices } from './bucket-services.ts';
import { tickMs } from './core/decide.ts';
import { type Decider, Deciders, phases } from './deciders.ts';
import { publishDecision, publishPanic, serveWakes } from './events.ts';
import { bucketNames, competeForOwnership } from './ownership.ts';
import { reconcilers } from './reconcilers/index.ts';
import { metricQueue } from './reconcilers/metric/index.ts';
import { podAutoscalerQueue } from './reconcilers/podautoscaler/index.ts';
import { ActivatorProbes } from './reconcilers/podautoscaler/probe.ts';
import { Collections } from './stats/collections.ts';
import { Forwarder } from './stats/forward.ts';
import { createIngest } from './stats/ingest.ts';
import { byRevision, countPods, revisionOf, slim } from './stats/pods.ts';
import { Scraper, scraperName } from './stats/scraper.ts';
import { startStatsServer } from './stats/server.ts';
import { wayOf } from './stats/way.ts';
import { observeDecisions, statsMetrics } from './telemetry.ts';

/** Pods are sampled every second, a revision in the same part of each. */
const scrapePhases = (phases * 1000) / tickMs;
/** How long reporters have to turn elsewhere, ms. */
const graceMs = 5000;
/** Reconciles are mostly waits for the API; a burst of cold starts must not queue behind four of them. */
const workers = 16;
const configMaps = [
  'config-autoscaler',
  'config-deployment',
  'config-leader-election',
  'config-logging',
  'config-network',
  'config-observability',
] as const;

/** The autoscaler: everything it is made of, in the order it starts. The replicas share the buckets, and each decides for its own. */
export async function startAutoscaler(log: Logger): Promise<Running> {
  const env = commonEnv();
  const statsPort = portFromEnv('STATS_PORT', ports.autoscaler);
  const metrics = await startMetrics('autoscaler', env.metricsPort);
  const client = connectKube(undefined, metrics.meter);
  const informers = createInformers(client, log);
  const maps = informers.informer(builtin.ConfigMap, { namespace: env.systemNamespace });
  const leases = informers.informer(builtin.Lease, { namespace: env.systemNamespace });
  const pods = informers.informer(builtin.Pod, {
    labelSelector: labels.revisionUID,
    indexes: { [byRevision]: revisionOf },
    transform: slim,
  });
  const metricsOf = informers.informer(kinds.Metric);
  const services = informers.informer(builtin.Service, { labelSelector: `${labels.serviceType}=Public` });
  await informers.start();
  const config = createConfigStore({
    source: maps,
    namespace: env.systemNamespace,
    names: configMaps,
    log,
  });
  followLogLevel(config, 'autoscaler', log);
  const buckets = bucketNames(config.get('config-leader-election').buckets);
  const bus = connectEvents({ component: 'autoscaler', url: env.natsUrl, log });

  let running: Reconciling | undefined;
  const look = (key: string) => running?.enqueue(podAutoscalerQueue, key);
  const collections = new Collections();
  const stats = statsMetrics(metrics.meter);
  let way = wayOf(config.get('config-network'));
  const scraper = new Scraper({
    pods,
    clock,
    way: () => way,
    scraped: stats.scraped,
    serviceOf: (key) => {
      const [namespace = '', name = ''] = key.split('/');
      const target = metricsOf.get(namespace, name)?.spec.scrapeTarget;
      return target && `${target}.${namespace}`;
    },
    jumped: (key, level) => {
      collections.setLevel(key, scraperName, level, clock.now());
      deciders.jump(key);
    },
    changed: (key) => running?.enqueue(metricQueue, key),
  });
  config.onChange('config-network', () => {
    const now = wayOf(config.get('config-network'));
    if (now === way) return;
    way = now;
    scraper.stop();
  });
  const probes = new ActivatorProbes(clock.now, look);
  const deciders = new Deciders({
    clock,
    collections,
    readyPods: (key) => countPods(pods, key).ready,
    changed: look,
    panicked: publishPanic(bus),
    decided: publishDecision(bus),
  });
  const forget = (key: string) => {
    for (const part of [deciders, collections]) part.remove(key);
    for (const part of [scraper, probes]) part.forget(key);
  };
  const all = reconcilers({
    config,
    clusterDomain: env.clusterDomain,
    pods,
    services,
    deciders,
    collections,
    scraper,
    probes,
    collecting: (key) => running?.enqueue(metricQueue, key),
    forget,
  });
  declareInformers(all, informers);
  const elector = createElector({
    client,
    informers,
    namespace: env.systemNamespace,
    identity: `${env.podName}_${env.podIP}`,
    clock,
    log,
    settings: config.get('config-leader-election'),
  });
  await informers.start();
  const forwarder = new Forwarder();
  // Before it competes for buckets: a port that is taken must not leave a lease behind.
  const server = await startStatsServer({
    port: statsPort,
    receive: (messages, forwarded) => ingest(messages, forwarded),
    owners: () => ownership.owners(),
    owns: (bucket) => ownership.owns(bucket),
    garbage: (error) => {
      stats.dropped('garbage');
      log.warn({ err: error.message }, 'a report cannot be read');
    },
  });
  const ownership = competeForOwnership({
    elector,
    names: buckets,
    port: statsPort,
    // Whoever comes to own a bucket, or loses it, begins from nothing: what it knew is old (contract 3.6).
    changed: (has) => {
      for (const [key] of [...deciders.entries()]) if (has(key)) forget(key);
    },
  });
  keepBucketServices({ client, elector, buckets, namespace: env.systemNamespace, ip: env.podIP, port: statsPort, log });
  const ingest = createIngest({ ownership, clock, collections, deciders, forwarder, dropped: stats.dropped });
  leases.onChange(({ before, after }) => {
    const name = (after ?? before)?.metadata.name ?? '';
    if (!buckets.includes(name) || before?.spec?.holderIdentity === after?.spec?.holderIdentity) return;
    server.announceOwners();
    forwarder.keep(Object.values(ownership.owners()));
  });
  serveWakes({ bus, ownership, deciders, replica: env.podName });
  const sample = (key: string, { spec }: Decider) => {
    const stat = spec.targetBurstCapacity === -1 ? undefined : scraper.sample(key, spec.stableWindowMs);
    if (stat) collections.record(key, stat, clock.now());
  };
  let part = 0;
  const ticking = setInterval(() => {
    part = (part + 1) % phases;
    for (const [key, decider] of deciders.entries()) if (decider.phase % scrapePhases === part % scrapePhases) sample(key, decider);
    deciders.tick(part);
  }, tickMs / phases);
  running = runReconcilers({
    reconcilers: all,
    client,
    informers,
    config,
    recorder: createRecorder(client, clock, log),
    bus,
    clock,
    log,
    meter: metrics.meter,
    elector,
    leases: () => buckets,
    workers,
  });
  pods.onChange(({ before, after }) => {
    for (const key of revisionOf((after ?? before)!)) look(key);
  });
  const autoscalers = informers.informer(kinds.PodAutoscaler);
  observeDecisions({
    meter: metrics.meter,
    deciders,
    podCounts: (key) => countPods(pods, key),
    autoscalerOf: (key) => autoscalers.get(...(key.split('/') as [string, string])),
  });

  return {
    async drain() {
      server.draining();
      clearInterval(ticking);
      // Lets go of the lease: from here on what is reported goes to whoever took it.
      await running?.drain();
      scraper.stop();
      await server.close(graceMs);
      forwarder.close();
      await informers.stop();
      await bus.close();
      await metrics.close();
    },
  };
}
