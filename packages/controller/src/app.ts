import { builtin } from '@ebb/shared/api/builtin.ts';
import { ports } from '@ebb/shared/api/ports.ts';
import { followLogLevel } from '@ebb/shared/config/log-level.ts';
import { configMapNames } from '@ebb/shared/config/names.ts';
import { createConfigStore } from '@ebb/shared/config/store.ts';
import { connectKube } from '@ebb/shared/kube/connect.ts';
import { startHealth } from '@ebb/shared/kube/health.ts';
import { createInformers } from '@ebb/shared/kube/informers.ts';
import type { Running as Reconciling } from '@ebb/shared/kube/run.ts';
import { startReconcilers } from '@ebb/shared/kube/start.ts';
import { systemClock } from '@ebb/shared/lib/clock.ts';
import { commonEnv, portFromEnv } from '@ebb/shared/telemetry/env.ts';
import type { Logger } from '@ebb/shared/telemetry/log.ts';
import { startMetrics } from '@ebb/shared/telemetry/metrics.ts';
import type { Running } from '@ebb/shared/telemetry/process.ts';
import { createLook } from './digest/look.ts';
import { createLookups } from './digest/lookups.ts';
import { createDigestResolver } from './digest/resolver.ts';
import { createTransport } from './digest/transport.ts';
import { reconcilers } from './reconcilers/index.ts';
import { watches as revisionWatches } from './reconcilers/revision/watches.ts';

/** The controller: everything it is made of, in the order it starts. */
export async function startController(log: Logger): Promise<Running> {
  const env = commonEnv();
  const metrics = await startMetrics('controller', env.metricsPort);
  const client = connectKube(undefined, metrics.meter);
  const health = await startHealth(portFromEnv('PROBES_PORT', ports.probes));
  const informers = createInformers(client, log);
  const configMaps = informers.informer(builtin.ConfigMap, { namespace: env.systemNamespace });
  await informers.start();
  const config = createConfigStore({
    source: configMaps,
    namespace: env.systemNamespace,
    names: configMapNames,
    log,
  });
  followLogLevel(config, 'controller', log);
  let running: Reconciling | undefined;
  const look = createLook(client, createTransport(process.env));
  const digests = createDigestResolver(createLookups(systemClock, look, (key) => running?.enqueue(revisionWatches.queue, key)));
  const all = reconcilers({ client, config, digests, env, again: (queue, key) => running?.enqueue(queue, key) });
  running = await startReconcilers({
    component: 'controller',
    reconcilers: all,
    client,
    informers,
    config,
    env,
    log,
    meter: metrics.meter,
  });
  return {
    async drain() {
      health.draining();
      await running?.drain();
      await informers.stop();
      await Promise.all([health.close(), metrics.close()]);
    },
  };
}
