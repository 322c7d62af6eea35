import { builtin, type KubeService } from '@ebb/shared/api/builtin.ts';
import { type Configuration, kinds, type Revision, type Route } from '@ebb/shared/api/kinds.ts';
import { labels } from '@ebb/shared/api/labels.ts';
import { controllerOf, keyOf } from '@ebb/shared/api/meta.ts';
import type { Caches, Watches } from '@ebb/shared/kube/reconciler.ts';

const byReference = 'route-references';

/** What a Route's spec names: `configuration/<namespace>/<name>` and `revision/<namespace>/<name>`. */
function references(route: Route): string[] {
  const { namespace } = route.metadata;
  return (route.spec.traffic ?? []).flatMap((t) => [
    ...(t.configurationName ? [`configuration/${namespace}/${t.configurationName}`] : []),
    ...(t.revisionName ? [`revision/${namespace}/${t.revisionName}`] : []),
  ]);
}

const routesThatName = (kind: string) => (object: Configuration | Revision, caches: Caches) =>
  caches
    .of(kinds.Route)
    .byIndex(byReference, `${kind}/${keyOf(object)}`)
    .map(keyOf);

const placeholderOf = (service: KubeService): string[] => {
  const route = service.metadata.labels?.[labels.route];
  return route ? [`${service.metadata.namespace}/${route}`] : [];
};

/** A revision matters to the Routes that name it, and as the latest of its Configuration to those that name that one. */
function routesOfRevision(revision: Revision, caches: Caches): string[] {
  const configuration = controllerOf(revision)?.name;
  const { namespace } = revision.metadata;
  const following = configuration ? caches.of(kinds.Route).byIndex(byReference, `configuration/${namespace}/${configuration}`) : [];
  return [...routesThatName('revision')(revision, caches), ...following.map(keyOf)];
}

/** The index of Services by the Route whose placeholders they are: `namespace/route`. */
export const byRoute = 'placeholder-of';

/** Route → placeholder Services and Ingress (contract control-plane 7.5). */
export const watches: Watches<Route> = {
  queue: 'knative.dev.serving.pkg.reconciler.route.reconciler',
  source: 'route-controller',
  reconciles: kinds.Route,
  owns: [builtin.Service, kinds.Ingress],
  tracks: [
    { kind: kinds.Configuration, keys: routesThatName('configuration') },
    { kind: kinds.Revision, keys: routesOfRevision },
  ],
  indexes: [
    { kind: kinds.Route, indexes: { [byReference]: references } },
    { kind: builtin.Service, indexes: { [byRoute]: placeholderOf } },
  ],
  config: ['config-network', 'config-domain', 'config-features'],
};
