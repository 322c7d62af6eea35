import { builtin } from '@ebb/shared/api/builtin.ts';
import { kinds, type Revision } from '@ebb/shared/api/kinds.ts';
import type { Watches } from '@ebb/shared/kube/reconciler.ts';

/** Revision → Deployment, PodAutoscaler, Images (contract control-plane 7.3). */
export const watches: Watches<Revision> = {
  queue: 'knative.dev.serving.pkg.reconciler.revision.reconciler',
  source: 'revision-controller',
  reconciles: kinds.Revision,
  owns: [builtin.Deployment, kinds.PodAutoscaler, kinds.Image],
  config: ['config-network', 'config-observability', 'config-deployment'],
};
