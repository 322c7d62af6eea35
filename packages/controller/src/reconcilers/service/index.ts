import { kinds, type Service } from '@ebb/shared/api/kinds.ts';
import type { Reconciler } from '@ebb/shared/kube/reconciler.ts';
import { type Input, plan } from './plan.ts';
import { watches } from './watches.ts';

export const serviceReconciler: Reconciler<Service, Input> = {
  watches,
  conditions: ['Ready', 'ConfigurationsReady', 'RoutesReady'],
  gather(service, caches) {
    const { namespace, name } = service.metadata;
    const template = service.spec.template?.metadata?.name;
    return {
      configuration: caches.of(kinds.Configuration).get(namespace, name),
      route: caches.of(kinds.Route).get(namespace, name),
      named: template ? caches.of(kinds.Revision).get(namespace, template) : undefined,
    };
  },
  plan,
};
