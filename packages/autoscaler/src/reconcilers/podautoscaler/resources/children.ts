import type { Metric, PodAutoscaler, ServerlessService } from '@ebb/shared/api/kinds.ts';
import { ownerReference } from '@ebb/shared/api/meta.ts';
import type { Spec } from '../../../core/spec.ts';

const metadataOf = (pa: PodAutoscaler, annotations: Record<string, string>) => ({
  name: pa.metadata.name,
  namespace: pa.metadata.namespace,
  labels: { ...pa.metadata.labels },
  annotations,
  ownerReferences: [ownerReference(pa)],
});

/** The ServerlessService of a PodAutoscaler (contract control-plane 7.8 (4), 2.4). */
export function serverlessServiceOf(pa: PodAutoscaler, mode: 'Serve' | 'Proxy', numActivators: number): ServerlessService {
  const { 'autoscaling.knative.dev/metric': _, ...annotations } = pa.metadata.annotations ?? {};
  return {
    apiVersion: 'networking.internal.knative.dev/v1alpha1',
    kind: 'ServerlessService',
    metadata: metadataOf(pa, annotations),
    spec: { mode, numActivators, objectRef: pa.spec.scaleTargetRef, protocolType: pa.spec.protocolType },
  };
}

/** Its Metric: windows in nanoseconds; an empty scrapeTarget means that only activators report. */
export function metricOf(pa: PodAutoscaler, spec: Spec, scrapeTarget: string): Metric {
  return {
    apiVersion: 'autoscaling.internal.knative.dev/v1alpha1',
    kind: 'Metric',
    metadata: metadataOf(pa, { ...pa.metadata.annotations }),
    spec: { stableWindow: spec.stableWindowMs * 1e6, panicWindow: spec.panicWindowMs * 1e6, scrapeTarget },
  };
}
