import { annotations } from '@ebb/shared/api/annotations.ts';
import type { Configuration, Revision } from '@ebb/shared/api/kinds.ts';
import { labels } from '@ebb/shared/api/labels.ts';
import { ownerReference } from '@ebb/shared/api/meta.ts';
import { childName } from '@ebb/shared/lib/child-name.ts';

/** The name of the revision of the present generation: the template's own, or `<configuration>-<generation, five digits>`. */
export function revisionName(configuration: Configuration): string {
  const own = configuration.spec.template?.metadata?.name;
  return own || childName(configuration.metadata.name, `-${String(configuration.metadata.generation ?? 1).padStart(5, '0')}`);
}

/** The revision of the present generation (contract control-plane 7.2, 2.4). `now` in ms. */
export function revisionOf(configuration: Configuration, now: number): Revision {
  const { metadata } = configuration;
  const template = configuration.spec.template ?? {};
  const routes = metadata.annotations?.[annotations.routes[0]];
  const identity = {
    [labels.configuration]: metadata.name,
    [labels.configurationUID]: metadata.uid ?? '',
    [labels.configurationGeneration]: String(metadata.generation ?? 1),
    [labels.service]: metadata.labels?.[labels.service],
    [labels.serviceUID]: metadata.labels?.[labels.serviceUID],
    [labels.routingState]: routes ? 'active' : 'pending',
  };
  const creator = metadata.annotations?.[annotations.lastModifier[0]];
  return {
    apiVersion: 'serving.knative.dev/v1',
    kind: 'Revision',
    metadata: {
      ...template.metadata,
      name: revisionName(configuration),
      namespace: metadata.namespace,
      labels: {
        ...template.metadata?.labels,
        ...Object.fromEntries(Object.entries(identity).filter((e): e is [string, string] => e[1] !== undefined)),
      },
      annotations: {
        ...template.metadata?.annotations,
        ...(creator ? { [annotations.creator[0]]: creator } : {}),
        ...(routes ? { [annotations.routes[0]]: routes } : {}),
        [annotations.routingStateModified[0]]: `${new Date(now).toISOString().slice(0, 19)}Z`,
      },
      ownerReferences: [ownerReference(configuration)],
    },
    spec: template.spec ?? { containers: [] },
  };
}
