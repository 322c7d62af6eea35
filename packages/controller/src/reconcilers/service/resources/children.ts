import { annotations } from '@ebb/shared/api/annotations.ts';
import type { Configuration, Route, Service, TrafficTarget } from '@ebb/shared/api/kinds.ts';
import { labels } from '@ebb/shared/api/labels.ts';
import { ownerReference } from '@ebb/shared/api/meta.ts';
import { finalizer as labelerFinalizer } from '../../labeler/plan.ts';

const without = (values: Record<string, string> | undefined, keys: readonly string[]): Record<string, string> =>
  Object.fromEntries(Object.entries(values ?? {}).filter(([k]) => !keys.includes(k)));

/** The Configuration a Service wants; the labeler's `routes` annotation on the present one is kept (contract 2.4). */
export function configurationOf(service: Service, existing?: Configuration): Configuration {
  const routes = new Set((existing?.metadata.annotations?.[annotations.routes[0]] ?? '').split(',').filter(Boolean));
  routes.add(service.metadata.name);
  return {
    apiVersion: 'serving.knative.dev/v1',
    kind: 'Configuration',
    metadata: {
      ...existing?.metadata,
      name: service.metadata.name,
      namespace: service.metadata.namespace,
      labels: { ...service.metadata.labels, [labels.service]: service.metadata.name, [labels.serviceUID]: service.metadata.uid ?? '' },
      annotations: {
        ...without(service.metadata.annotations, [...annotations.lastApplied, ...annotations.rolloutDuration]),
        [annotations.routes[0]]: [...routes].sort().join(','),
      },
      ownerReferences: existing?.metadata.ownerReferences ?? [ownerReference(service)],
    },
    spec: { template: service.spec.template },
  };
}

/** The Route a Service wants: its traffic, with the Configuration named where no revision is. */
export function routeOf(service: Service, existing?: Route): Route {
  const traffic = (service.spec.traffic ?? []).map(
    (t): TrafficTarget => (t.revisionName ? t : { ...t, configurationName: service.metadata.name }),
  );
  return {
    apiVersion: 'serving.knative.dev/v1',
    kind: 'Route',
    metadata: {
      // Born with it, as with the routes a revision is: the labeler would add it in a write of its own.
      ...(existing?.metadata ?? { finalizers: [labelerFinalizer] }),
      name: service.metadata.name,
      namespace: service.metadata.namespace,
      labels: { ...service.metadata.labels, [labels.service]: service.metadata.name },
      annotations: without(service.metadata.annotations, annotations.lastApplied),
      ownerReferences: existing?.metadata.ownerReferences ?? [ownerReference(service)],
    },
    spec: { traffic },
  };
}
