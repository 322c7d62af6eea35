import { annotations } from '@ebb/shared/api/annotations.ts';
import { type Configuration, kinds, type Revision, type Route } from '@ebb/shared/api/kinds.ts';
import { controllerOf, keyOf } from '@ebb/shared/api/meta.ts';
import type { Caches, Reconciler } from '@ebb/shared/kube/reconciler.ts';
import { finalizer, type Input, plan } from './plan.ts';

const byRoute = 'routes-annotation';
const byTarget = 'routes-by-target';

/** `namespace/route` of each route an object's annotation names. */
function routesOf(object: Configuration | Revision): string[] {
  const names = object.metadata.annotations?.[annotations.routes[0]] ?? '';
  return names
    .split(',')
    .filter(Boolean)
    .map((r) => `${object.metadata.namespace}/${r}`);
}

/** What a Route names, now and last time: `Configuration/<namespace>/<name>`, `Revision/<namespace>/<name>`. */
function targetsOf(route: Route): string[] {
  const { namespace } = route.metadata;
  const all = [...(route.spec.traffic ?? []), ...(route.status?.traffic ?? [])].flatMap((t) => [
    ...(t.configurationName ? [`Configuration/${namespace}/${t.configurationName}`] : []),
    ...(t.revisionName ? [`Revision/${namespace}/${t.revisionName}`] : []),
  ]);
  return [...new Set(all)];
}

const routesNaming = (target: string, caches: Caches): string[] => caches.of(kinds.Route).byIndex(byTarget, target).map(keyOf);

/** The Routes of a Configuration: those marked on it and those that name it. */
function routesOfConfiguration(configuration: Configuration, caches: Caches): string[] {
  return [...routesOf(configuration), ...routesNaming(`Configuration/${keyOf(configuration)}`, caches)];
}

/** The Routes of a revision: those marked on it, those that name it, and those that follow its Configuration. */
function routesOfRevision(revision: Revision, caches: Caches): string[] {
  const owner = controllerOf(revision)?.name;
  const following = owner ? routesNaming(`Configuration/${revision.metadata.namespace}/${owner}`, caches) : [];
  return [...routesOf(revision), ...routesNaming(`Revision/${keyOf(revision)}`, caches), ...following];
}

/** Marks what a Route sends traffic to (contract control-plane 7.6). */
export const labelerReconciler: Reconciler<Route, Input> = {
  watches: {
    queue: 'knative.dev.serving.pkg.reconciler.labeler.reconciler',
    source: 'route-controller',
    reconciles: kinds.Route,
    finalizer,
    tracks: [
      { kind: kinds.Configuration, keys: routesOfConfiguration },
      { kind: kinds.Revision, keys: routesOfRevision },
    ],
    indexes: [
      { kind: kinds.Route, indexes: { [byTarget]: targetsOf } },
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
