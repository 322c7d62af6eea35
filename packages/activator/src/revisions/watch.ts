import type { Endpoints, Pod } from '@ebb/shared/api/builtin.ts';
import type { Revision } from '@ebb/shared/api/kinds.ts';
import { labels } from '@ebb/shared/api/labels.ts';
import type { Indexes } from '@ebb/shared/kube/cache.ts';

/** The index under which pods and Endpoints are found: `namespace/revision`. */
export const byRevision = 'revision';
/** The index under which a pod is found by its address. */
export const byAddress = 'address';

const keyOfLabel = (object: Pod | Endpoints): string[] => {
  const name = object.metadata.labels?.[labels.revision];
  return name ? [`${object.metadata.namespace}/${name}`] : [];
};

export const podIndexes: Indexes<Pod> = { [byRevision]: keyOfLabel, [byAddress]: ({ status }) => (status?.podIP ? [status.podIP] : []) };
export const endpointsIndexes: Indexes<Endpoints> = { [byRevision]: keyOfLabel };

/** Whether a pod serves, and whether it has a node. */
const kept = new Set(['Ready', 'PodScheduled']);

/** What is read of a pod: a cluster has many. */
export function slimPod({ apiVersion, kind, metadata, status }: Pod): Pod {
  const { name, namespace, uid, resourceVersion, labels: all, deletionTimestamp } = metadata;
  return {
    apiVersion,
    kind,
    metadata: { name, namespace, uid, resourceVersion, labels: { [labels.revision]: all?.[labels.revision] ?? '' }, deletionTimestamp },
    status: { phase: status?.phase, podIP: status?.podIP, conditions: status?.conditions?.filter((c) => kept.has(c.type)) },
  };
}

/** What is read of a revision: identity, limits, and the ports and probes that decide how its pods are asked. */
export function slimRevision(revision: Revision): Revision {
  const { name, namespace, uid, resourceVersion, labels: all } = revision.metadata;
  const { containerConcurrency, timeoutSeconds, responseStartTimeoutSeconds, idleTimeoutSeconds } = revision.spec;
  const containers = revision.spec.containers.map(({ name, ports, readinessProbe, startupProbe }) => ({
    name,
    ports,
    readinessProbe,
    startupProbe,
  }));
  return {
    apiVersion: revision.apiVersion,
    kind: revision.kind,
    metadata: { name, namespace, uid, resourceVersion, labels: all },
    spec: { containers, containerConcurrency, timeoutSeconds, responseStartTimeoutSeconds, idleTimeoutSeconds },
  };
}
