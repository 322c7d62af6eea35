import { type Configuration, kinds, type Revision, type Route } from '@ebb/shared/api/kinds.ts';
import { keyOf } from '@ebb/shared/api/meta.ts';
import type { Caches, Reconciler } from '@ebb/shared/kube/reconciler.ts';
import { type Input, plan } from './plan.ts';

const byRoute = 'routes-annotation';

/** `namespace/route` of each route an object's annotation names. */
function routesOf(object: Configuration | Revision): string[] {
  const names = object.metadata.annotations?.['serving.knative.dev/routes'] ?? '';
  return names
    .split(',')
    .filter(Boolean)
    .map((r) => `${object.metadata.namespace}/${r}`);
}

/** Marks what a Route sends traffic to (contract control-plane 7.6). */
export const labelerReconciler: Reconciler<Route, Input> = {
  watches: {
    queue: 'knative.dev.serving.pkg.reconciler.labeler.reconciler',
    source: 'route-controller',
    reconciles: kinds.Route,
    finalizer: 'routes.serving.knative.dev',
    tracks: [
      { kind: kinds.Configuration, keys: (c: Configuration, caches: Caches) => [...routesOf(c), ...routesNaming(c, caches)] },
      { kind: kinds.Revision, keys: routesOf },
    ],
    indexes: [
      { kind: kinds.Configuration, indexes: { [byRoute]: routesOf } },
      { kind: kinds.Revision, indexes: { [byRoute]: routesOf } },
    ],
  },
  statusless: true,
  conditions: ['Ready', 'AllTrafficAssigned', 'IngressReady', 'CertificateProvisioned'],
  gather(route, caches) {
    const key = keyOf(route);
    const { namespace } = route.metadata;
    return {
      revision: (name) => caches.of(kinds.Revision).get(namespace, name),
      configuration: (name) => caches.of(kinds.Configuration).get(namespace, name),
      markedRevisions: caches.of(kinds.Revision).byIndex(byRoute, key),
      markedConfigurations: caches.of(kinds.Configuration).byIndex(byRoute, key),
    };
  },
  plan,
};

/** Routes of the Configuration's own name: a Service's, whose next revision is to be active from birth. */
function routesNaming(configuration: Configuration, caches: Caches): string[] {
  const route = caches.of(kinds.Route).get(configuration.metadata.namespace, configuration.metadata.name);
  return route ? [keyOf(route)] : [];
}
