import { setTimeout as sleep } from 'node:timers/promises';
import { builtin, type Endpoints, type KubeService } from '@ebb/shared/api/builtin.ts';
import { kinds } from '@ebb/shared/api/kinds.ts';
import { followLogLevel } from '@ebb/shared/config/log-level.ts';
import { createConfigStore } from '@ebb/shared/config/store.ts';
import { connectKube } from '@ebb/shared/kube/connect.ts';
import { startHealth } from '@ebb/shared/kube/health.ts';
import { createInformers } from '@ebb/shared/kube/informers.ts';
import type { Running as Reconciling } from '@ebb/shared/kube/run.ts';
import { startReconcilers } from '@ebb/shared/kube/start.ts';
import { systemClock } from '@ebb/shared/lib/clock.ts';
import { createForwarder } from '@ebb/shared/proxy/forward.ts';
import type { Listener } from '@ebb/shared/proxy/listener.ts';
import { commonEnv } from '@ebb/shared/telemetry/env.ts';
import type { Logger } from '@ebb/shared/telemetry/log.ts';
import { startMetrics } from '@ebb/shared/telemetry/metrics.ts';
import type { Running } from '@ebb/shared/telemetry/process.ts';
import { createBalance } from './handler/balance.ts';
import { openListeners } from './handler/listeners.ts';
import { createProber } from './probing/prober.ts';
import { reconcilers } from './reconcilers/index.ts';
import { ingressQueue } from './reconcilers/ingress/watches.ts';
import { readSettings } from './settings.ts';
import { certificateSecrets, slimSecret } from './state/certificates.ts';
import { Routing } from './state/routing.ts';
import { slimEndpoints, slimService } from './state/slim.ts';
import { instruments } from './telemetry.ts';
import { startTraces } from './trace.ts';

/** A node that vanished neither accepts nor refuses: another address is tried after this. */
const connectTimeoutMs = 2000;

/** The gateway: everything it is made of, in the order it starts. It serves once it knows every Ingress and address. */
export async function startGateway(log: Logger): Promise<Running> {
  const env = commonEnv();
  const settings = readSettings();
  const client = connectKube();
  const metrics = await startMetrics('gateway', env.metricsPort);
  let notReady: string | undefined = 'Ingresses and Endpoints are not listed yet';
  const health = await startHealth(settings.probesPort, () => notReady);

  const informers = createInformers(client, log);
  const configMaps = informers.informer(builtin.ConfigMap, { namespace: env.systemNamespace });
  const services = informers.informer<KubeService>(builtin.Service, { transform: slimService });
  const endpoints = informers.informer<Endpoints>(builtin.Endpoints, { transform: slimEndpoints });
  const secrets = informers.informer(builtin.Secret, { ...certificateSecrets, transform: slimSecret });
  const ingresses = informers.informer(kinds.Ingress);
  let running: Reconciling | undefined;
  const prober = createProber({ ready: (key) => running?.enqueue(ingressQueue, key) });
  const routing = new Routing({
    ingresses,
    services,
    endpoints,
    secrets,
    log,
    clusterDomain: env.clusterDomain,
    served: (key) => prober.hurry(key),
  });
  await informers.start();
  const config = createConfigStore({
    source: configMaps,
    namespace: env.systemNamespace,
    names: ['config-leader-election', 'config-logging', 'config-observability'],
    log,
  });
  followLogLevel(config, 'gateway', log);
  const tracer = await startTraces(config, env.podName, log);

  const accessLog = log.child({ log: 'access' });
  const telemetry = instruments({
    meter: metrics.meter,
    now: () => performance.now(),
    accessLog: { write: (line) => accessLog.info(line), share: settings.accessLogShare, random: Math.random },
  });
  const forwarder = createForwarder({ connectTimeoutMs });
  const balance = createBalance({ pool: (key) => routing.pools.get(key), forwarder, clock: systemClock, random: Math.random, telemetry });
  const onError = (error: Error) => log.warn({ err: error.message }, 'a connection failed');
  const opened = await openListeners(settings.ports, {
    routing,
    balance,
    telemetry,
    tracer,
    random: Math.random,
    trusting: settings.trustForwarded,
    proxyProtocol: settings.proxyProtocol,
    maxConnectionsPerClient: settings.maxConnectionsPerClient,
    maxHeaderBytes: settings.maxHeaderBytes,
    maxConcurrentStreams: settings.maxConcurrentStreams,
    onError,
  });
  const listeners: Listener[] = Object.values(opened);
  notReady = undefined;
  log.info({ ports: listeners.map((l) => l.port), ingresses: routing.table.size }, 'serving');

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
      // Routes and addresses are followed to the end: requests still come.
      await sleep(settings.drainMs / 2);
      for (const listener of listeners) listener.draining();
      await sleep(settings.drainMs / 2);
      await Promise.all(listeners.map((l) => l.close(settings.graceMs)));
      await forwarder.close();
      routing.close();
      await informers.stop();
      await Promise.all([health.close(), metrics.close(), tracer?.close()]);
    },
  };
}
