import { builtin } from '@ebb/shared/api/builtin.ts';
import { type Configuration, kinds, type Revision, type Route } from '@ebb/shared/api/kinds.ts';
import { keyOf } from '@ebb/shared/api/meta.ts';
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

/** Route → placeholder Services and Ingress (contract control-plane 7.5). */
export const watches: Watches<Route> = {
  queue: 'knative.dev.serving.pkg.reconciler.route.reconciler',
  source: 'route-controller',
  reconciles: kinds.Route,
  owns: [builtin.Service, kinds.Ingress],
  tracks: [
    { kind: kinds.Configuration, keys: routesThatName('configuration') },
    { kind: kinds.Revision, keys: routesThatName('revision') },
  ],
  indexes: [{ kind: kinds.Route, indexes: { [byReference]: references } }],
  config: ['config-network', 'config-domain', 'config-features'],
};
