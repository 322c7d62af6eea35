import type { ConfigMap, Endpoints, KubeService, Secret } from '@ebb/shared/api/builtin.ts';
import type { Ingress } from '@ebb/shared/api/kinds.ts';
import type { KubeObject } from '@ebb/shared/api/meta.ts';
import { followLogLevel } from '@ebb/shared/config/log-level.ts';
import { createConfigStore } from '@ebb/shared/config/store.ts';
import { commonEnv } from '@ebb/shared/telemetry/env.ts';
import { createLogger } from '@ebb/shared/telemetry/log.ts';
import { startMetrics } from '@ebb/shared/telemetry/metrics.ts';
import { type Serving, startServing } from '../serving.ts';
import { readSettings } from '../settings.ts';
import { FilledCache } from '../state/filled-cache.ts';
import { Routing } from '../state/routing.ts';
import type { Cluster, ToMain, ToWorker } from './messages.ts';

/**
 * The edge of a worker's process: serves by what the main process tells it, and ends when that asks for it or is gone.
 * Signals are the main process's business: a terminal sends them to both.
 */
export async function runWorker(): Promise<void> {
  const root = createLogger('gateway');
  const log = root.child({ worker: process.pid });
  const env = commonEnv();
  const settings = readSettings();
  const metrics = await startMetrics('gateway', 0);
  const tell = (message: ToMain) => process.connected && process.send?.(message);
  const cluster = {
    configMaps: new FilledCache<ConfigMap>(),
    services: new FilledCache<KubeService>(),
    endpoints: new FilledCache<Endpoints>(),
    secrets: new FilledCache<Secret>(),
    ingresses: new FilledCache<Ingress>(),
  } satisfies Cluster;
  const agreed = new Map<string, string>();
  const routing = new Routing({
    ...cluster,
    log,
    clusterDomain: env.clusterDomain,
    served: (ingress) => {
      const routes = routing.table.get(ingress);
      if (routes && routing.reachable(routes)) tell({ type: 'serves', ingress, hash: routes.hash });
    },
  });
  let serving: Serving | undefined;

  const listed = async () => {
    const names = ['config-logging', 'config-observability'] as const;
    const config = createConfigStore({ source: cluster.configMaps, namespace: env.systemNamespace, names, log });
    const all = ({ key, hash }: { key: string; hash: string }) => agreed.get(key) === hash;
    followLogLevel(config, 'gateway', root);
    serving = await startServing({ routing, settings, config, podName: env.podName, metrics, log, agreed: all });
    tell({ type: 'listening' });
  };
  const drain = async () => {
    await serving?.drain();
    routing.close();
    await metrics.close();
    process.exit(0);
  };
  const failed = (error: unknown) => {
    log.fatal({ err: error }, 'the worker ends');
    process.exit(1);
  };
  process.on('message', (message: ToWorker) => {
    switch (message.type) {
      case 'changed':
        (cluster[message.cache] as FilledCache<KubeObject>).put(message.object);
        return;
      case 'gone':
        cluster[message.cache].drop(message.namespace, message.name);
        return;
      case 'agreed':
        if (message.hash === undefined) agreed.delete(message.ingress);
        else agreed.set(message.ingress, message.hash);
        return;
      case 'listed':
        listed().catch(failed);
        return;
      case 'metrics':
        metrics.text().then((text) => tell({ type: 'metrics', text }), failed);
        return;
      case 'ping':
        tell({ type: 'pong' });
        return;
      case 'drain':
        drain().catch(failed);
    }
  });
  process.on('disconnect', () => process.exit(1));
  process.on('SIGTERM', () => undefined);
  process.on('SIGINT', () => undefined);
  process.on('unhandledRejection', (error) => log.error({ err: error }, 'unhandled rejection'));
  process.on('uncaughtException', failed);
}
