import { randomUUID } from 'node:crypto';
import type { Meter } from '@opentelemetry/api';
import type { ConfigStore } from '../config/store.ts';
import { connectEvents } from '../events/bus.ts';
import { createRecorder } from '../events/recorder.ts';
import { systemClock } from '../lib/clock.ts';
import type { CommonEnv } from '../telemetry/env.ts';
import type { Logger } from '../telemetry/log.ts';
import { leaseNames } from './buckets.ts';
import type { Informers } from './cache.ts';
import type { KubeClient } from './client.ts';
import { createElector } from './leases.ts';
import type { Reconciler } from './reconciler.ts';
import { declareInformers, type Running, runReconcilers } from './run.ts';

interface Options {
  /** As in lease names, events and metrics. */
  component: string;
  reconcilers: readonly Reconciler<never, never>[];
  client: KubeClient;
  informers: Informers;
  /** Must read config-leader-election. */
  config: ConfigStore;
  env: CommonEnv;
  log: Logger;
  meter: Meter;
}

/**
 * Starts the reconcilers of a component as all do: caches listed, a lease for each queue and bucket, events told. Drains
 * everything but the informers and the client.
 */
export async function startReconcilers(o: Options): Promise<Running> {
  const { client, informers, config, log } = o;
  declareInformers(o.reconcilers, informers);
  const settings = config.get('config-leader-election');
  const elector = createElector({
    client,
    informers,
    namespace: o.env.systemNamespace,
    identity: `${o.env.podName}_${randomUUID()}`,
    clock: systemClock,
    log,
    settings,
  });
  await informers.start();
  const bus = connectEvents({ component: o.component, url: o.env.natsUrl, log });
  const running = runReconcilers({
    reconcilers: o.reconcilers,
    client,
    informers,
    config,
    recorder: createRecorder(client, systemClock, log),
    bus,
    clock: systemClock,
    log,
    meter: o.meter,
    elector,
    leases: (queue) => leaseNames(o.component, queue, settings),
  });
  return {
    enqueue: running.enqueue,
    async drain() {
      await running.drain();
      await bus.close();
    },
  };
}
