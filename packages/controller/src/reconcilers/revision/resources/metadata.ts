import { annotations } from '@ebb/shared/api/annotations.ts';
import type { Revision } from '@ebb/shared/api/kinds.ts';
import { labels } from '@ebb/shared/api/labels.ts';

const unpropagated: readonly string[] = [
  annotations.lastPinned[0],
  annotations.noGC[0],
  annotations.routingStateModified[0],
  annotations.routes[0],
];

/** Labels of what a revision makes (contract control-plane 2.4): its own, and its identity. */
export function childLabels(revision: Revision): Record<string, string> {
  const out: Record<string, string> = {};
  for (const [key, value] of Object.entries(revision.metadata.labels ?? {})) {
    if (key !== labels.route && key !== labels.routingState) out[key] = value;
  }
  out[labels.revision] = revision.metadata.name;
  out[labels.revisionUID] = revision.metadata.uid ?? '';
  out[labels.app] ??= revision.metadata.name;
  return out;
}

/** Annotations of its PodAutoscaler. */
export function autoscalerAnnotations(revision: Revision): Record<string, string> {
  return Object.fromEntries(Object.entries(revision.metadata.annotations ?? {}).filter(([k]) => !unpropagated.includes(k)));
}

/** Annotations of its Deployment, pods and Images: those of the PodAutoscaler without autoscaling. */
export function childAnnotations(revision: Revision): Record<string, string> {
  return Object.fromEntries(Object.entries(autoscalerAnnotations(revision)).filter(([k]) => !k.startsWith('autoscaling.knative.dev')));
}
