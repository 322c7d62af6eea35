import { builtin } from '@ebb/shared/api/builtin.ts';
import { kinds, type Route } from '@ebb/shared/api/kinds.ts';
import { keyOf } from '@ebb/shared/api/meta.ts';
import type { ConfigStore } from '@ebb/shared/config/store.ts';
import type { Reconciler } from '@ebb/shared/kube/reconciler.ts';
import { childName } from '@ebb/shared/lib/child-name.ts';
import type { Defaulter } from '../defaults.ts';
import { type Input, plan } from './plan.ts';
import { byRoute, watches } from './watches.ts';

export function routeReconciler(config: ConfigStore, defaults: Defaulter, clusterDomain: string): Reconciler<Route, Input> {
  return {
    watches,
    conditions: ['Ready', 'AllTrafficAssigned', 'IngressReady', 'CertificateProvisioned'],
    unhurried: { but: [] },
    prepare: (route) => defaults('Route', route),
    gather(route, caches) {
      const { namespace, name } = route.metadata;
      const services = caches.of(builtin.Service);
      return {
        clusterDomain,
        network: config.get('config-network'),
        domain: config.get('config-domain'),
        tagHeaders: config.get('config-features')['tag-header-based-routing'] === 'Enabled',
        ingress: caches.of(kinds.Ingress).get(namespace, childName(name, '')),
        service: (s) => services.get(namespace, s),
        placeholders: services.byIndex(byRoute, keyOf(route)),
        endpoints: (s) => caches.of(builtin.Endpoints).get(namespace, s),
        configuration: (c) => caches.of(kinds.Configuration).get(namespace, c),
        revision: (r) => caches.of(kinds.Revision).get(namespace, r),
      };
    },
    plan,
  };
}
