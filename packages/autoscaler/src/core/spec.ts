import { findAnnotation } from '@ebb/shared/api/annotations.ts';
import type { PodAutoscaler } from '@ebb/shared/api/kinds.ts';
import type { Configs } from '@ebb/shared/config/tables.ts';
import { parseDuration } from '@ebb/shared/lib/duration.ts';
import type { Algorithm } from './window.ts';

/** Everything about one revision's scaling that does not change from decision to decision. Times in ms. */
export interface Spec {
  metric: 'concurrency' | 'rps';
  algorithm: Algorithm;
  /** What a pod is aimed at, and what it can do (contract data-plane 3.3). */
  targetValue: number;
  totalValue: number;
  targetBurstCapacity: number;
  activatorCapacity: number;
  stableWindowMs: number;
  panicWindowMs: number;
  /** Load over capacity at which panic begins, e.g. 2. */
  panicThreshold: number;
  maxScaleUpRate: number;
  maxScaleDownRate: number;
  scaleDownDelayMs: number;
  activationScale: number;
  initialScale: number;
  minScale: number;
  /** 0: no limit. */
  maxScale: number;
  /** False only when nothing routes here or the revision failed: then min-scale, retention and slow scale-down do not count. */
  reachable: boolean;
  enableScaleToZero: boolean;
  gracePeriodMs: number;
  podRetentionMs: number;
  progressDeadlineMs: number;
}

/** The spec of a PodAutoscaler under the present settings (contract data-plane 3.1 to 3.3). */
export function specOf(pa: PodAutoscaler, config: Configs['config-autoscaler'], deployment: Configs['config-deployment']): Spec {
  const own = (name: Parameters<typeof findAnnotation>[1]) => findAnnotation(pa.metadata.annotations, name)?.value;
  const number = (name: Parameters<typeof findAnnotation>[1], fallback: number) => {
    const text = own(name);
    const n = text === undefined ? Number.NaN : Number(text);
    return Number.isNaN(n) ? fallback : n;
  };
  const duration = (name: Parameters<typeof findAnnotation>[1], fallback: number) => {
    try {
      return parseDuration(own(name) ?? '');
    } catch {
      return fallback;
    }
  };
  const metric = own('metric') === 'rps' ? 'rps' : 'concurrency';
  const cc = pa.spec.containerConcurrency ?? 0;
  const target = own('target') === undefined ? undefined : number('target', 0);
  let total = metric === 'rps' ? config.rpsTargetDefault : cc || config.concurrencyTargetDefault;
  if (target !== undefined && target > 0) total = metric === 'concurrency' && cc > 0 ? Math.min(target, cc) : target;
  const utilization = number('targetUtilization', (metric === 'rps' ? 0.7 : config.concurrencyTargetPercentage) * 100) / 100;
  const stableWindowMs = duration('window', config.stableWindowMs);
  const panicShare = number('panicWindow', config.panicWindowPercentage) / 100;
  const reachable = pa.spec.reachability !== 'Unreachable';
  const initialScale = number('initialScale', config.initialScale);
  return {
    metric,
    algorithm: own('metricAggregation')?.toLowerCase().startsWith('weighted') ? 'weighted-exponential' : 'linear',
    targetValue: Math.max(0.01, total * utilization),
    totalValue: total,
    targetBurstCapacity: number('targetBurstCapacity', config.targetBurstCapacity),
    activatorCapacity: config.activatorCapacity,
    stableWindowMs,
    panicWindowMs: Math.max(1000, Math.round((stableWindowMs * panicShare) / 1000) * 1000),
    panicThreshold: number('panicThreshold', config.panicThresholdPercentage) / 100,
    maxScaleUpRate: config.maxScaleUpRate,
    maxScaleDownRate: config.maxScaleDownRate,
    scaleDownDelayMs: duration('scaleDownDelay', config.scaleDownDelayMs),
    activationScale: number('activationScale', 0),
    initialScale: initialScale === 0 && !config.allowZeroInitialScale ? config.initialScale : initialScale,
    minScale: number('minScale', config.minScale),
    maxScale: number('maxScale', config.maxScale),
    reachable,
    enableScaleToZero: config.enableScaleToZero,
    gracePeriodMs: config.scaleToZeroGracePeriodMs,
    podRetentionMs: reachable ? duration('podRetention', config.podRetentionPeriodMs) : 0,
    progressDeadlineMs: duration('progressDeadline', deployment.progressDeadlineMs),
  };
}
