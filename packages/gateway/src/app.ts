import { builtin, type Endpoints, type KubeService } from '@ebb/shared/api/builtin.ts';
import { kinds } from '@ebb/shared/api/kinds.ts';
import { followLogLevel } from '@ebb/shared/config/log-level.ts';
import { createConfigStore } from '@ebb/shared/config/store.ts';
import { connectKube } from '@ebb/shared/kube/connect.ts';
import { startHealth } from '@ebb/shared/kube/health.ts';
import { createInformers } from '@ebb/shared/kube/informers.ts';
import type { Running as Reconciling } from '@ebb/shared/kube/run.ts';
import { startReconcilers } from '@ebb/shared/kube/start.ts';
import { commonEnv } from '@ebb/shared/telemetry/env.ts';
import type { Logger } from '@ebb/shared/telemetry/log.ts';
import { startMetrics } from '@ebb/shared/telemetry/metrics.ts';
import type { Running } from '@ebb/shared/telemetry/process.ts';
import { createProber } from './probing/prober.ts';
import { reconcilers } from './reconcilers/index.ts';
import { ingressQueue } from './reconcilers/ingress/watches.ts';
import { type Serving, startServing } from './serving.ts';
import { readSettings } from './settings.ts';
import { certificateSecrets, slimSecret } from './state/certificates.ts';
import { Routing } from './state/routing.ts';
import { slimEndpoints, slimService } from './state/slim.ts';
import type { Cluster } from './workers/messages.ts';
import { startWorkers, type Workers } from './workers/pool.ts';

/**
 * The gateway: everything it is made of, in the order it starts. It serves once it knows every Ingress and address. With
 * several workers they serve, and this process knows the cluster for them, writes statuses, and answers probes and scrapes.
 */
export async function startGateway(log: Logger): Promise<Running> {
  const env = commonEnv();
  const settings = readSettings();
  const alone = settings.workers === 1;
  let workers: Workers | undefined;
  const metrics = await startMetrics('gateway', env.metricsPort, alone ? undefined : async () => (await workers?.metrics()) ?? []);
  const client = connectKube(undefined, metrics.meter);
  let notReady: string | undefined = 'Ingresses and Endpoints are not listed yet';
  const health = await startHealth(settings.probesPort, () => notReady ?? (workers?.listening() === 0 ? 'no worker listens' : undefined));

  const informers = createInformers(client, log);
  const cluster = {
    configMaps: informers.informer(builtin.ConfigMap, { namespace: env.systemNamespace }),
    services: informers.informer<KubeService>(builtin.Service, { transform: slimService }),
    endpoints: informers.informer<Endpoints>(builtin.Endpoints, { transform: slimEndpoints }),
    secrets: informers.informer(builtin.Secret, { ...certificateSecrets, transform: slimSecret }),
    ingresses: informers.informer(kinds.Ingress),
  } satisfies Cluster;
  let running: Reconciling | undefined;
  const prober = createProber({ ready: (key) => running?.enqueue(ingressQueue, key) });
  const hurry = (ingress: string) => prober.hurry(ingress);
  const routing = new Routing({ ...cluster, log, clusterDomain: env.clusterDomain, served: alone ? hurry : undefined });
  await informers.start();
  const config = createConfigStore({
    source: cluster.configMaps,
    namespace: env.systemNamespace,
    names: ['config-leader-election', 'config-logging', 'config-observability'],
    log,
  });
  followLogLevel(config, 'gateway', log);
  if (!alone) workers = await startWorkers({ count: settings.workers, cluster, log, agreed: hurry });
  const serving: Serving = workers ?? (await startServing({ routing, settings, config, podName: env.podName, metrics, log }));
  notReady = undefined;

  running = await startReconcilers({
    component: 'gateway',
    reconcilers: reconcilers({ routing, prober, systemNamespace: env.systemNamespace, clusterDomain: env.clusterDomain }),
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
      prober.close();
      await serving.drain();
      routing.close();
      await informers.stop();
      await Promise.all([health.close(), metrics.close()]);
    },
  };
}
