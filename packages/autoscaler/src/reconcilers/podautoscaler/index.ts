import { findAnnotation } from '@ebb/shared/api/annotations.ts';
import { builtin, type Deployment, type Pod } from '@ebb/shared/api/builtin.ts';
import { isFalse } from '@ebb/shared/api/conditions.ts';
import { kinds, type PodAutoscaler } from '@ebb/shared/api/kinds.ts';
import { labels } from '@ebb/shared/api/labels.ts';
import { keyOf } from '@ebb/shared/api/meta.ts';
import { ports } from '@ebb/shared/api/ports.ts';
import { kpaClass } from '@ebb/shared/api/system.ts';
import type { ConfigStore } from '@ebb/shared/config/store.ts';
import type { Cache } from '@ebb/shared/kube/cache.ts';
import type { Reconciler } from '@ebb/shared/kube/reconciler.ts';
import { specOf } from '../../core/spec.ts';
import type { Deciders } from '../../deciders.ts';
import type { Collections } from '../../stats/collections.ts';
import { countPods } from '../../stats/pods.ts';
import { type Input, plan } from './plan.ts';
import { activatorAnswers } from './probe.ts';

interface Options {
  config: ConfigStore;
  pods: Cache<Pod>;
  deciders: Deciders;
  collections: Collections;
  forget: (key: string) => void;
}

export const podAutoscalerQueue = 'knative.dev.serving.pkg.reconciler.autoscaling.kpa.reconciler';

/** PodAutoscaler of class KPA → ServerlessService, Metric, the Deployment's scale (contract control-plane 7.8). */
export function podAutoscalerReconciler({ config, pods, deciders, collections, forget }: Options): Reconciler<PodAutoscaler, Input> {
  const classOf = (pa: PodAutoscaler) =>
    findAnnotation(pa.metadata.annotations, 'class')?.value ?? config.get('config-autoscaler').podAutoscalerClass;
  return {
    watches: {
      queue: podAutoscalerQueue,
      source: 'podautoscaler-controller',
      reconciles: kinds.PodAutoscaler,
      filter: (pa) => classOf(pa) === kpaClass,
      owns: [kinds.ServerlessService, kinds.Metric],
      tracks: [
        {
          kind: builtin.Deployment,
          keys: (d: Deployment) =>
            d.metadata.labels?.[labels.revision] ? [`${d.metadata.namespace}/${d.metadata.labels[labels.revision]}`] : [],
        },
      ],
      config: ['config-autoscaler', 'config-deployment'],
    },
    conditions: ['Ready', 'Active', 'ScaleTargetInitialized', 'SKSReady'],
    async gather(pa, caches) {
      const key = keyOf(pa);
      const { namespace, name } = pa.metadata;
      const spec = specOf(pa, config.get('config-autoscaler'), config.get('config-deployment'));
      collections.ensure(key, spec);
      const state = deciders.ensure(key, spec);
      const deployment = caches.of(builtin.Deployment).get(namespace, pa.spec.scaleTargetRef.name ?? '');
      // Asked only on the way to zero: the answer costs a request.
      const leaving = state.desired === 0 && isFalse(pa.status?.conditions, 'Active') && (deployment?.spec?.replicas ?? 0) > 0;
      const publicService = caches.of(builtin.Service).get(namespace, pa.status?.serviceName || name);
      const port = pa.spec.protocolType === 'h2c' ? ports.serviceH2c : ports.serviceHttp;
      const clusterIP = publicService?.spec?.clusterIP;
      return {
        spec,
        desired: state.desired,
        excessBurstCapacity: state.excessBurstCapacity,
        readyPods: countPods(pods, key).ready,
        deployment,
        sks: caches.of(kinds.ServerlessService).get(namespace, name),
        metric: caches.of(kinds.Metric).get(namespace, name),
        activatorAnswers: leaving && clusterIP ? await activatorAnswers(clusterIP, port) : false,
        last: deciders.last(key),
      };
    },
    plan,
    removed: (namespace, name) => forget(`${namespace}/${name}`),
  };
}
