import { builtin } from '@ebb/shared/api/builtin.ts';
import { kinds, type PodAutoscaler } from '@ebb/shared/api/kinds.ts';
import { hpaClass } from '@ebb/shared/api/system.ts';
import type { ConfigStore } from '@ebb/shared/config/store.ts';
import type { Reconciler } from '@ebb/shared/kube/reconciler.ts';
import { specOf } from '../../core/spec.ts';
import { classOf } from '../podautoscaler/class.ts';
import { type Input, plan } from './plan.ts';

/** PodAutoscaler of class HPA → HorizontalPodAutoscaler, ServerlessService (contract data-plane 3.10). */
export const hpaReconciler = (config: ConfigStore): Reconciler<PodAutoscaler, Input> => ({
  watches: {
    queue: 'knative.dev.serving.pkg.reconciler.autoscaling.hpa.reconciler',
    source: 'podautoscaler-controller',
    reconciles: kinds.PodAutoscaler,
    filter: (pa) => classOf(pa, config) === hpaClass,
    owns: [kinds.ServerlessService, builtin.HorizontalPodAutoscaler],
    config: ['config-autoscaler'],
  },
  conditions: ['Ready', 'Active', 'ScaleTargetInitialized', 'SKSReady'],
  gather(pa, caches) {
    const { namespace, name } = pa.metadata;
    return {
      spec: specOf(pa, config.get('config-autoscaler'), config.get('config-deployment')),
      hpa: caches.of(builtin.HorizontalPodAutoscaler).get(namespace, name),
      sks: caches.of(kinds.ServerlessService).get(namespace, name),
    };
  },
  plan,
});
