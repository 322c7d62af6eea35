import { builtin } from '@ebb/shared/api/builtin.ts';
import type { ServerlessService } from '@ebb/shared/api/kinds.ts';
import type { Reconciler } from '@ebb/shared/kube/reconciler.ts';
import { type Input, plan } from './plan.ts';
import { privateName } from './resources/services.ts';
import { activatorService, watchesIn } from './watches.ts';

export function serverlessServiceReconciler(systemNamespace: string): Reconciler<ServerlessService, Input> {
  return {
    watches: watchesIn(systemNamespace),
    conditions: ['Ready', 'EndpointsPopulated'],
    gather(sks, caches) {
      const { namespace, name } = sks.metadata;
      const services = caches.of(builtin.Service);
      const endpoints = caches.of(builtin.Endpoints);
      return {
        deployment: caches.of(builtin.Deployment).get(namespace, sks.spec.objectRef?.name ?? ''),
        privateService: services.get(namespace, privateName(sks)),
        publicService: services.get(namespace, name),
        privateEndpoints: endpoints.get(namespace, privateName(sks)),
        publicEndpoints: endpoints.get(namespace, name),
        activatorEndpoints: endpoints.get(systemNamespace, activatorService),
      };
    },
    plan,
  };
}
