import type { ConfigStore } from '@ebb/shared/config/store.ts';
import type { KubeClient } from '@ebb/shared/kube/client.ts';
import type { Reconciler } from '@ebb/shared/kube/reconciler.ts';
import type { CommonEnv } from '@ebb/shared/telemetry/env.ts';
import type { DigestResolver } from '../digest/resolver.ts';
import { configurationReconciler } from './configuration/index.ts';
import { defaulterOf } from './defaults.ts';
import { domainMappingReconciler } from './domainmapping/index.ts';
import { createReferents } from './domainmapping/referents.ts';
import { watches as domainMappingWatches } from './domainmapping/watches.ts';
import { gcReconciler } from './gc/index.ts';
import { labelerReconciler } from './labeler/index.ts';
import { revisionReconciler } from './revision/index.ts';
import { routeReconciler } from './route/index.ts';
import { serverlessServiceReconciler } from './serverlessservice/index.ts';
import { serviceReconciler } from './service/index.ts';

interface Options {
  client: KubeClient;
  config: ConfigStore;
  digests: DigestResolver;
  env: CommonEnv;
  /** Puts a key of a queue in front: something changed that no reconciler declares to watch. */
  again?: (queue: string, key: string) => void;
}

/** What the controller reconciles, from what developers write down to what runs. */
export function reconcilers({ client, config, digests, env, again = () => undefined }: Options): readonly Reconciler<never, never>[] {
  const settings = () => ({
    systemNamespace: env.systemNamespace,
    'config-autoscaler': config.get('config-autoscaler'),
    'config-defaults': config.get('config-defaults'),
    'config-deployment': config.get('config-deployment'),
    'config-features': config.get('config-features'),
    'config-logging': config.get('config-logging'),
    'config-network': config.get('config-network'),
    'config-observability': config.get('config-observability'),
  });
  const defaults = defaulterOf(config);
  const referents = createReferents({ client, again: (key) => again(domainMappingWatches.queue, key) });
  return [
    serviceReconciler(defaults),
    configurationReconciler(defaults),
    revisionReconciler({ client, settings, digests, defaults }),
    routeReconciler(config, defaults, env.clusterDomain),
    labelerReconciler,
    gcReconciler(config),
    domainMappingReconciler({ config, defaults, referents, clusterDomain: env.clusterDomain }),
    serverlessServiceReconciler(env.systemNamespace),
  ] as unknown as readonly Reconciler<never, never>[];
}
