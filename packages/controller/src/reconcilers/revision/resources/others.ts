import type { Image, PodAutoscaler, Revision } from '@ebb/shared/api/kinds.ts';
import { ownerReference } from '@ebb/shared/api/meta.ts';
import { childName } from '@ebb/shared/lib/child-name.ts';
import { protocolOf } from './containers.ts';
import { deploymentName } from './deployment.ts';
import { autoscalerAnnotations, childAnnotations, childLabels } from './metadata.ts';

/** The PodAutoscaler of a revision (contract control-plane 7.3, PA step). */
export function podAutoscalerOf(revision: Revision, reachability: PodAutoscaler['spec']['reachability']): PodAutoscaler {
  return {
    apiVersion: 'autoscaling.internal.knative.dev/v1alpha1',
    kind: 'PodAutoscaler',
    metadata: {
      name: revision.metadata.name,
      namespace: revision.metadata.namespace,
      labels: childLabels(revision),
      annotations: autoscalerAnnotations(revision),
      ownerReferences: [ownerReference(revision)],
    },
    spec: {
      scaleTargetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name: deploymentName(revision) },
      // Zero values are left out, as Go does: a PodAutoscaler the peer made is then no other.
      ...(revision.spec.containerConcurrency ? { containerConcurrency: revision.spec.containerConcurrency } : {}),
      ...(reachability ? { reachability } : {}),
      protocolType: protocolOf(revision.spec),
    },
  };
}

/** One Image per container, for caching controllers. */
export function imagesOf(revision: Revision): Image[] {
  return [...(revision.status?.containerStatuses ?? []), ...(revision.status?.initContainerStatuses ?? [])].map((status) => ({
    apiVersion: 'caching.internal.knative.dev/v1alpha1',
    kind: 'Image',
    metadata: {
      name: childName(childName(revision.metadata.name, '-cache'), `-${status.name}`),
      namespace: revision.metadata.namespace,
      labels: childLabels(revision),
      annotations: childAnnotations(revision),
      ownerReferences: [ownerReference(revision)],
    },
    spec: {
      image: status.imageDigest ?? '',
      serviceAccountName: revision.spec.serviceAccountName,
      imagePullSecrets: revision.spec.imagePullSecrets,
    },
  }));
}
