import { kinds, type Service } from '@ebb/shared/api/kinds.ts';
import type { Watches } from '@ebb/shared/kube/reconciler.ts';

/** Service → Configuration and Route (contract control-plane 7.1). */
export const watches: Watches<Service> = {
  queue: 'knative.dev.serving.pkg.reconciler.service.reconciler',
  source: 'service-controller',
  reconciles: kinds.Service,
  owns: [kinds.Configuration, kinds.Route],
};
