import { builtin } from '@ebb/shared/api/builtin.ts';
import { kinds } from '@ebb/shared/api/kinds.ts';
import type { Kind, KubeObject } from '@ebb/shared/api/meta.ts';
import type { KubeClient } from '@ebb/shared/kube/client.ts';

/** All that Services consist of. */
const all: readonly Kind[] = [
  kinds.Service,
  kinds.Configuration,
  kinds.Route,
  kinds.Revision,
  kinds.PodAutoscaler,
  kinds.Metric,
  kinds.ServerlessService,
  kinds.Ingress,
  kinds.Image,
  builtin.Deployment,
  builtin.Service,
  builtin.Endpoints,
] as unknown as readonly Kind[];

/** Times, versions, addresses and checksums over them: what differs from run to run without meaning anything. */
const ofTheRun = new Set([
  'resourceVersion',
  'creationTimestamp',
  'lastTransitionTime',
  'lastUpdateTime',
  'managedFields',
  'generation',
  'observedGeneration',
  'clusterIP',
  'clusterIPs',
  'endpoints.kubernetes.io/last-change-trigger-time',
  'serving.knative.dev/routingStateModified',
  'networking.internal.knative.dev/deployment-hash',
  'serving.knative.dev/deployment-hash',
]);

/**
 * What a namespace holds: `Kind/name` → the object without what differs from run to run. The namespace's own name and the
 * UIDs in it are replaced, so that two namespaces can be compared object for object.
 */
export async function endState(client: KubeClient, namespace: string): Promise<Record<string, unknown>> {
  const lists = await Promise.all(all.map(async (kind) => ({ kind, items: (await client.list(kind, { namespace })).items })));
  const objects = lists.flatMap(({ kind, items }) =>
    items.map((object) => [`${kind.kind}.${kind.group}/${object.metadata.name}`, object] as const),
  );
  const names = new Map(objects.map(([id, { metadata }]) => [metadata.uid ?? '', id]));
  const plain = (value: unknown): unknown => {
    if (typeof value === 'string') return names.get(value) ?? value.replaceAll(namespace, 'NAMESPACE');
    if (Array.isArray(value)) return value.map(plain);
    if (typeof value !== 'object' || value === null) return value;
    return Object.fromEntries(
      Object.entries(value)
        .filter(([key]) => !ofTheRun.has(key))
        .map(([key, inner]) => [key, plain(inner)]),
    );
  };
  const described = objects.map(([id, object]) => [id, plain(comparable(object))] as const);
  return Object.fromEntries(described.sort(([a], [b]) => (a < b ? -1 : 1)));
}

/** Deployments have their status from Kubernetes, with the checksums of its own children. */
const comparable = (object: KubeObject): unknown => ({
  ...object,
  metadata: { ...object.metadata, uid: undefined },
  ...(object.kind === 'Deployment' ? { status: undefined } : {}),
});
