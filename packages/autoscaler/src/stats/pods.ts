import type { Pod } from '@ebb/shared/api/builtin.ts';
import { labels } from '@ebb/shared/api/labels.ts';
import type { Cache } from '@ebb/shared/kube/cache.ts';

export const byRevision = 'revision';

/** The index of a pod: `namespace/revision`. */
export const revisionOf = (pod: Pod): string[] => {
  const revision = pod.metadata.labels?.[labels.revision];
  return revision ? [`${pod.metadata.namespace}/${revision}`] : [];
};

const isPodReady = (pod: Pod): boolean => pod.status?.conditions?.some((c) => c.type === 'Ready' && c.status === 'True') ?? false;

/** Ready, running and not on its way out. */
export const serves = (pod: Pod): boolean => pod.status?.phase === 'Running' && isPodReady(pod) && !pod.metadata.deletionTimestamp;

export interface PodCounts {
  ready: number;
  notReady: number;
  pending: number;
  terminating: number;
}

/** Pods of a revision by state (contract data-plane 3.9). */
export function countPods(pods: Cache<Pod>, key: string): PodCounts {
  const counts: PodCounts = { ready: 0, notReady: 0, pending: 0, terminating: 0 };
  for (const pod of pods.byIndex(byRevision, key)) {
    if (pod.metadata.deletionTimestamp) counts.terminating++;
    if (serves(pod)) counts.ready++;
    else if (pod.status?.phase === 'Pending' || pod.status?.phase === 'Running') counts.notReady++;
    if (pod.status?.phase === 'Pending') counts.pending++;
  }
  return counts;
}

/** Drops what nobody here reads: a cluster has many pods. */
export function slim(pod: Pod): Pod {
  const { name, namespace, uid, resourceVersion, labels: own, deletionTimestamp, creationTimestamp } = pod.metadata;
  return {
    apiVersion: pod.apiVersion,
    kind: pod.kind,
    metadata: { name, namespace, uid, resourceVersion, labels: own, deletionTimestamp, creationTimestamp },
    status: {
      phase: pod.status?.phase,
      podIP: pod.status?.podIP,
      startTime: pod.status?.startTime,
      conditions: pod.status?.conditions?.filter((c) => c.type === 'Ready'),
    },
  };
}
