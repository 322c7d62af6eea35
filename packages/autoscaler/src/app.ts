import { builtin } from '@ebb/shared/api/builtin.ts';
import { labels } from '@ebb/shared/api/labels.ts';
import { ports } from '@ebb/shared/api/ports.ts';
import { createConfigStore } from '@ebb/shared/config/store.ts';
import { connectEvents } from '@ebb/shared/events/bus.ts';
import { createRecorder } from '@ebb/shared/events/recorder.ts';
import { connectKube } from '@ebb/shared/kube/connect.ts';
import { createInformers } from '@ebb/shared/kube/informers.ts';
import { createElector } from '@ebb/shared/kube/leases.ts';
import type { Reconciler } from '@ebb/shared/kube/reconciler.ts';
import { declareInformers, type Running as Reconciling, runReconcilers } from '@ebb/shared/kube/run.ts';
import { systemClock } from '@ebb/shared/lib/clock.ts';
import type { WireStatMessage } from '@ebb/shared/proto/gen/stats.ts';
import { commonEnv, portFromEnv } from '@ebb/shared/telemetry/env.ts';
import type { Logger } from '@ebb/shared/telemetry/log.ts';
import { startMetrics } from '@ebb/shared/telemetry/metrics.ts';
import type { Running } from '@ebb/shared/telemetry/process.ts';
import { Deciders } from './deciders.ts';
import { metricReconciler } from './reconcilers/metric/index.ts';
import { podAutoscalerQueue, podAutoscalerReconciler } from './reconcilers/podautoscaler/index.ts';
import { Collections } from './stats/collections.ts';
import { Forwarder } from './stats/forward.ts';
import { byRevision, countPods, revisionOf, slim } from './stats/pods.ts';
import { Scraper } from './stats/scraper.ts';
import { startStatsServer } from './stats/server.ts';
import { instruments } from './telemetry.ts';

const bucket = 'autoscaler-bucket-00-of-01';
const scrapeMs = 1000;
const configMaps = ['config-autoscaler', 'config-deployment', 'config-leader-election', 'config-logging', 'config-observability'] as const;

/** The autoscaler: everything it is made of, in the order it starts. One replica owns the bucket and decides. */
export async function startAutoscaler(log: Logger): Promise<Running> {
  const env = commonEnv();
  const statsPort = portFromEnv('STATS_PORT', ports.autoscaler);
  const client = connectKube();
  const metrics = await startMetrics('autoscaler', env.metricsPort);
  const informers = createInformers(client, log);
  const maps = informers.informer(builtin.ConfigMap, { namespace: env.systemNamespace });
  const pods = informers.informer(builtin.Pod, {
    labelSelector: labels.revisionUID,
    indexes: { [byRevision]: revisionOf },
    transform: slim,
  });
  informers.informer(builtin.Service);
  await informers.start();
  const config = createConfigStore({
    source: maps,
    namespace: env.systemNamespace,
    names: configMaps,
    onBad: (name, error) => log.error({ configMap: name, err: error.message }, 'bad update; the last good settings stay'),
  });
  const bus = connectEvents({ component: 'autoscaler', url: env.natsUrl, log });
  const told = instruments(metrics.meter);
  const collections = new Collections();
  const scraper = new Scraper({ pods, clock: systemClock, log });
  let running: Reconciling | undefined;
  const panicking = new Set<string>();
  const deciders = new Deciders({
    clock: systemClock,
    collections,
    readyPods: (key) => countPods(pods, key).ready,
    changed: (key) => running?.enqueue(podAutoscalerQueue, key),
    decided: (key, made) => {
      told.decided(key, made);
      if (made.panicking === panicking.has(key)) return;
      if (made.panicking) panicking.add(key);
      else panicking.delete(key);
      const [namespace = '', name = ''] = key.split('/');
      bus.publish({
        type: 'revision.panic',
        namespace,
        name,
        data: { panicking: made.panicking, stable: made.stable, panic: made.panic, readyPods: made.readyPods },
      });
    },
  });
  const forget = (key: string) => {
    deciders.remove(key);
    collections.remove(key);
    scraper.forget(key);
    panicking.delete(key);
  };
  pods.onChange(({ before, after }) => {
    for (const key of revisionOf((after ?? before)!)) running?.enqueue(podAutoscalerQueue, key);
  });

  const all = [
    podAutoscalerReconciler({ config, pods, deciders, collections, forget }),
    metricReconciler(collections),
  ] as unknown as readonly Reconciler<never, never>[];
  declareInformers(all, informers);
  const elector = createElector({
    client,
    informers,
    namespace: env.systemNamespace,
    identity: `${env.podName}_${env.podIP}`,
    clock: systemClock,
    log,
    settings: config.get('config-leader-election'),
  });
  await informers.start();

  const forwarder = new Forwarder();
  const election = elector.run(bucket, (leading) => {
    if (!leading) {
      deciders.clear();
      collections.clear();
      scraper.stop();
    }
    server.announceOwners();
  });
  const ownerAddress = () => {
    const ip = election.holder().split('_').at(-1);
    return ip ? `${ip}:${ports.autoscaler}` : '';
  };
  const receive = (messages: WireStatMessage[]) => {
    if (!election.leading()) {
      if (ownerAddress()) forwarder.send(ownerAddress(), messages);
      return;
    }
    const now = systemClock.now();
    for (const { namespace, name, stat } of messages) {
      if (!stat) continue;
      const key = `${namespace}/${name}`;
      collections.record(key, stat, now);
      if (stat.averageConcurrentRequests !== 0) deciders.poke(key);
    }
  };
  const server = await startStatsServer({
    port: statsPort,
    receive,
    owners: (): Record<string, string> => (election.leading() ? {} : { [bucket]: ownerAddress() }),
    ready: () => undefined,
  });
  bus.subscribe('revision.wake', ({ namespace, name }) => {
    if (!election.leading()) return undefined;
    const key = `${namespace}/${name}`;
    // The poke's stat may still be on its way: one held request is what it will say.
    if (deciders.last(key)?.desired === 0)
      receive([{ namespace, name, stat: { ...noLoad, averageConcurrentRequests: 1, requestCount: 1 } }]);
    return Promise.resolve({ owner: env.podName, desired: deciders.last(key)?.desired ?? -1 });
  });
  const scraping = setInterval(() => {
    if (!election.leading()) return;
    for (const [key, spec] of deciders.specs()) {
      if (spec.targetBurstCapacity === -1) continue;
      const stat = scraper.sample(key);
      if (stat) collections.record(key, stat, systemClock.now());
    }
  }, scrapeMs);
  running = runReconcilers({
    reconcilers: all,
    client,
    informers,
    config,
    recorder: createRecorder(client, systemClock, log),
    bus,
    clock: systemClock,
    log,
    meter: metrics.meter,
    elector,
    lease: () => bucket,
  });
  return {
    async drain() {
      server.draining();
      clearInterval(scraping);
      deciders.stop();
      await running?.drain();
      scraper.stop();
      forwarder.close();
      await server.close();
      await informers.stop();
      await bus.close();
      await metrics.close();
    },
  };
}

const noLoad = {
  podName: 'activator',
  averageConcurrentRequests: 0,
  averageProxiedConcurrentRequests: 0,
  requestCount: 0,
  proxiedRequestCount: 0,
  processUptime: 0,
  timestamp: 0,
};
