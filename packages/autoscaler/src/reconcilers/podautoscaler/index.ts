import { builtin, type Deployment, type KubeService, type Pod } from '@ebb/shared/api/builtin.ts';
import { isFalse } from '@ebb/shared/api/conditions.ts';
import { kinds, type PodAutoscaler } from '@ebb/shared/api/kinds.ts';
import { labels } from '@ebb/shared/api/labels.ts';
import { keyOf } from '@ebb/shared/api/meta.ts';
import { ports } from '@ebb/shared/api/ports.ts';
import { kpaClass, serviceHost } from '@ebb/shared/api/system.ts';
import type { ConfigStore } from '@ebb/shared/config/store.ts';
import type { Cache } from '@ebb/shared/kube/cache.ts';
import type { Reconciler } from '@ebb/shared/kube/reconciler.ts';
import { specOf } from '../../core/spec.ts';
import type { Deciders } from '../../deciders.ts';
import type { Collections } from '../../stats/collections.ts';
import { countPods } from '../../stats/pods.ts';
import { classOf } from './class.ts';
import { type Input, plan } from './plan.ts';
import type { ActivatorProbes } from './probe.ts';

interface Options {
  config: ConfigStore;
  clusterDomain: string;
  pods: Cache<Pod>;
  /** The public Services of revisions. */
  services: Cache<KubeService>;
  deciders: Deciders;
  collections: Collections;
  probes: ActivatorProbes;
  /** The metrics of a revision are collected from now on. */
  collecting: (key: string) => void;
  /** A revision is gone. */
  forget: (key: string) => void;
}

export const podAutoscalerQueue = 'knative.dev.serving.pkg.reconciler.autoscaling.kpa.reconciler';

const revisionOfDeployment = ({ metadata }: Deployment): string[] => {
  const revision = metadata.labels?.[labels.revision];
  return revision ? [`${metadata.namespace}/${revision}`] : [];
};

/** PodAutoscaler of class KPA → ServerlessService, Metric, the Deployment's scale (contract control-plane 7.8). */
export function podAutoscalerReconciler(o: Options): Reconciler<PodAutoscaler, Input> {
  const { config, pods, services, deciders, collections, probes } = o;

  const activatorAnswers = (pa: PodAutoscaler): boolean => {
    const { namespace, name } = pa.metadata;
    const serviceName = pa.status?.serviceName || name;
    const address = services.get(namespace, serviceName)?.spec?.clusterIP;
    const port = pa.spec.protocolType === 'h2c' ? ports.serviceH2c : ports.serviceHttp;
    if (!address) return false;
    return probes.ask(keyOf(pa), { address, port, host: serviceHost(serviceName, namespace, o.clusterDomain) });
  };

  return {
    watches: {
      queue: podAutoscalerQueue,
      source: 'podautoscaler-controller',
      reconciles: kinds.PodAutoscaler,
      filter: (pa) => classOf(pa, config) === kpaClass,
      owns: [kinds.ServerlessService, kinds.Metric],
      tracks: [{ kind: builtin.Deployment, keys: revisionOfDeployment }],
      config: ['config-autoscaler', 'config-deployment'],
    },
    conditions: ['Ready', 'Active', 'ScaleTargetInitialized', 'SKSReady'],
    unhurried: { but: [] },
    gather(pa, caches) {
      const key = keyOf(pa);
      const { namespace, name } = pa.metadata;
      const spec = specOf(pa, config.get('config-autoscaler'), config.get('config-deployment'));
      if (collections.ensure(key, spec)) o.collecting(key);
      const decider = deciders.ensure(key, spec);
      const deployment = caches.of(builtin.Deployment).get(namespace, pa.spec.scaleTargetRef.name ?? '');
      // Asked only on the way to zero: the answer costs a request.
      const leaving = decider.state.desired === 0 && isFalse(pa.status?.conditions, 'Active') && (deployment?.spec?.replicas ?? 0) > 0;
      return {
        decider,
        readyPods: countPods(pods, key).ready,
        deployment,
        sks: caches.of(kinds.ServerlessService).get(namespace, name),
        metric: caches.of(kinds.Metric).get(namespace, name),
        activatorAnswers: leaving && activatorAnswers(pa),
      };
    },
    plan,
    removed: (namespace, name) => o.forget(`${namespace}/${name}`),
  };
}
