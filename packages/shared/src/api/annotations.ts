/**
 * Every annotation Ebb reads or writes (contract control-plane 2.2). A row holds the accepted spellings, the
 * winning one first: the first listed key that is present wins, even when its value is empty (contract 0.2).
 */
export const annotations = {
  creator: ['serving.knative.dev/creator'],
  lastModifier: ['serving.knative.dev/lastModifier'],
  rolloutDuration: ['serving.knative.dev/rollout-duration', 'serving.knative.dev/rolloutDuration'],
  routes: ['serving.knative.dev/routes'],
  routingStateModified: ['serving.knative.dev/routingStateModified'],
  lastPinned: ['serving.knative.dev/lastPinned'],
  noGC: ['serving.knative.dev/no-gc'],
  progressDeadline: ['serving.knative.dev/progress-deadline'],
  queueResourcePercentage: [
    'queue.sidecar.serving.knative.dev/resource-percentage',
    'queue.sidecar.serving.knative.dev/resourcePercentage',
  ],
  queueCPURequest: ['queue.sidecar.serving.knative.dev/cpu-resource-request'],
  queueCPULimit: ['queue.sidecar.serving.knative.dev/cpu-resource-limit'],
  queueMemoryRequest: ['queue.sidecar.serving.knative.dev/memory-resource-request'],
  queueMemoryLimit: ['queue.sidecar.serving.knative.dev/memory-resource-limit'],
  queueEphemeralStorageRequest: ['queue.sidecar.serving.knative.dev/ephemeral-storage-resource-request'],
  queueEphemeralStorageLimit: ['queue.sidecar.serving.knative.dev/ephemeral-storage-resource-limit'],
  class: ['autoscaling.knative.dev/class'],
  metric: ['autoscaling.knative.dev/metric'],
  minScale: ['autoscaling.knative.dev/min-scale', 'autoscaling.knative.dev/minScale'],
  maxScale: ['autoscaling.knative.dev/max-scale', 'autoscaling.knative.dev/maxScale'],
  initialScale: ['autoscaling.knative.dev/initial-scale', 'autoscaling.knative.dev/initialScale'],
  activationScale: ['autoscaling.knative.dev/activation-scale'],
  target: ['autoscaling.knative.dev/target'],
  targetUtilization: ['autoscaling.knative.dev/target-utilization-percentage', 'autoscaling.knative.dev/targetUtilizationPercentage'],
  targetBurstCapacity: ['autoscaling.knative.dev/target-burst-capacity', 'autoscaling.knative.dev/targetBurstCapacity'],
  window: ['autoscaling.knative.dev/window'],
  panicWindow: ['autoscaling.knative.dev/panic-window-percentage', 'autoscaling.knative.dev/panicWindowPercentage'],
  panicThreshold: ['autoscaling.knative.dev/panic-threshold-percentage', 'autoscaling.knative.dev/panicThresholdPercentage'],
  scaleDownDelay: ['autoscaling.knative.dev/scale-down-delay', 'autoscaling.knative.dev/scaleDownDelay'],
  podRetention: ['autoscaling.knative.dev/scale-to-zero-pod-retention-period', 'autoscaling.knative.dev/scaleToZeroPodRetentionPeriod'],
  metricAggregation: ['autoscaling.knative.dev/metric-aggregation-algorithm', 'autoscaling.knative.dev/metricAggregationAlgorithm'],
  ingressClass: ['networking.knative.dev/ingress.class', 'networking.knative.dev/ingress-class'],
  certificateClass: ['networking.knative.dev/certificate.class', 'networking.knative.dev/certificate-class'],
  disableExternalDomainTLS: [
    'networking.knative.dev/disableAutoTLS',
    'networking.knative.dev/disable-auto-tls',
    'networking.knative.dev/disable-external-domain-tls',
  ],
  httpOption: ['networking.knative.dev/httpOption', 'networking.knative.dev/http-protocol'],
  rollout: ['networking.internal.knative.dev/rollout'],
  tagToHost: ['networking.internal.knative.dev/tag-to-host'],
  queueProxyPodInfo: ['features.knative.dev/queueproxy-podinfo'],
  httpFullDuplex: ['features.knative.dev/http-full-duplex'],
  defaultContainer: ['kubectl.kubernetes.io/default-container'],
  lastApplied: ['kubectl.kubernetes.io/last-applied-configuration'],
  exampleChecksum: ['knative.dev/example-checksum'],
} as const satisfies Record<string, readonly [string, ...string[]]>;

export type AnnotationName = keyof typeof annotations;

/** The annotation under any of its spellings: the key that was found and its value. */
export function findAnnotation(
  values: Record<string, string> | undefined,
  name: AnnotationName,
): { key: string; value: string } | undefined {
  for (const key of annotations[name]) {
    const value = values?.[key];
    if (value !== undefined) return { key, value };
  }
  return undefined;
}
