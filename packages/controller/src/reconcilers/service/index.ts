import { kinds, type Service } from '@ebb/shared/api/kinds.ts';
import type { Reconciler } from '@ebb/shared/kube/reconciler.ts';
import type { Defaulter } from '../defaults.ts';
import { type Input, plan } from './plan.ts';
import { watches } from './watches.ts';

export function serviceReconciler(defaults: Defaulter): Reconciler<Service, Input> {
  return {
    watches,
    conditions: ['Ready', 'ConfigurationsReady', 'RoutesReady'],
    unhurried: { but: [] },
    prepare: (service) => defaults('Service', service),
    gather(service, caches) {
      const { namespace, name } = service.metadata;
      const template = service.spec.template?.metadata?.name;
      const [configuration, route] = [caches.of(kinds.Configuration).get(namespace, name), caches.of(kinds.Route).get(namespace, name)];
      return {
        configuration: configuration && defaults('Configuration', configuration),
        route: route && defaults('Route', route),
        named: template ? caches.of(kinds.Revision).get(namespace, template) : undefined,
      };
    },
    plan,
  };
}
