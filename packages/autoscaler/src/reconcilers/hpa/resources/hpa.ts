import { findAnnotation } from '@ebb/shared/api/annotations.ts';
import type { HorizontalPodAutoscaler } from '@ebb/shared/api/builtin.ts';
import type { PodAutoscaler } from '@ebb/shared/api/kinds.ts';
import { ownerReference } from '@ebb/shared/api/meta.ts';
import { jsonEqual } from '@ebb/shared/lib/equal.ts';
import { boundsOf } from '../../../core/scale.ts';
import type { Spec } from '../../../core/spec.ts';

type HPASpec = NonNullable<HorizontalPodAutoscaler['spec']>;
type Metrics = NonNullable<HPASpec['metrics']>;

const unlimited = 2_147_483_647;

/** The metric a target is of (contract data-plane 3.10): cpu in percent, memory in Mi, others as pods report them. */
function metricsOf(name: string, target: number): Metrics {
  if (name === 'cpu') {
    return [{ type: 'Resource', resource: { name, target: { type: 'Utilization', averageUtilization: Math.ceil(target) } } }];
  }
  const averageValue = String(Math.trunc(target));
  if (name === 'memory')
    return [{ type: 'Resource', resource: { name, target: { type: 'AverageValue', averageValue: `${averageValue}Mi` } } }];
  return [{ type: 'Pods', pods: { metric: { name }, target: { type: 'AverageValue', averageValue } } }];
}

/** The HorizontalPodAutoscaler of a PodAutoscaler (contract data-plane 3.10, control-plane 7.8). */
export function hpaOf(pa: PodAutoscaler, spec: Spec): HorizontalPodAutoscaler {
  const own = (name: 'metric' | 'target' | 'window') => findAnnotation(pa.metadata.annotations, name)?.value;
  const { min } = boundsOf(spec, true);
  const stabilizationWindowSeconds = spec.stableWindowMs / 1000;
  const { apiVersion, kind = '', name = '' } = pa.spec.scaleTargetRef as { apiVersion?: string; kind?: string; name?: string };
  return {
    apiVersion: 'autoscaling/v2',
    kind: 'HorizontalPodAutoscaler',
    metadata: {
      name: pa.metadata.name,
      namespace: pa.metadata.namespace,
      labels: { ...pa.metadata.labels },
      annotations: { ...pa.metadata.annotations },
      ownerReferences: [ownerReference(pa)],
    },
    spec: {
      scaleTargetRef: { apiVersion, kind, name },
      maxReplicas: spec.maxScale || unlimited,
      ...(min > 0 ? { minReplicas: min } : {}),
      ...(own('target') === undefined ? {} : { metrics: metricsOf(own('metric') ?? 'cpu', Number(own('target'))) }),
      ...(own('window') === undefined
        ? {}
        : { behavior: { scaleUp: { stabilizationWindowSeconds }, scaleDown: { stabilizationWindowSeconds } } }),
    },
  };
}

/** What the API server makes of an absent `metrics`. */
const defaultMetrics = metricsOf('cpu', 80);

/** Whether the one in the cluster says what is wanted; what the API server fills in does not count. */
export function says(live: HPASpec, wanted: HPASpec): boolean {
  const window = (rules?: { stabilizationWindowSeconds?: number }) => rules?.stabilizationWindowSeconds;
  return (
    jsonEqual(live.scaleTargetRef, wanted.scaleTargetRef) &&
    live.maxReplicas === wanted.maxReplicas &&
    (live.minReplicas ?? 1) === (wanted.minReplicas ?? 1) &&
    jsonEqual(live.metrics ?? defaultMetrics, wanted.metrics ?? defaultMetrics) &&
    window(live.behavior?.scaleUp) === window(wanted.behavior?.scaleUp) &&
    window(live.behavior?.scaleDown) === window(wanted.behavior?.scaleDown)
  );
}
