import type { Clock } from '@ebb/shared/lib/clock.ts';
import type { Stat } from '@ebb/shared/proto/gen/stats.ts';
import type { Spec } from './core/spec.ts';

/** A spec with the contract's defaults (data-plane 3.1) and a target of 10 a pod, as tests want it. */
export const specWith = (own: Partial<Spec> = {}): Spec => ({
  metric: 'concurrency',
  algorithm: 'linear',
  targetValue: 10,
  totalValue: 10,
  targetBurstCapacity: 0,
  activatorCapacity: 100,
  stableWindowMs: 60_000,
  panicWindowMs: 6_000,
  panicThreshold: 2,
  maxScaleUpRate: 1000,
  maxScaleDownRate: 2,
  scaleDownDelayMs: 0,
  activationScale: 0,
  initialScale: 1,
  minScale: 0,
  maxScale: 0,
  reachable: true,
  enableScaleToZero: true,
  gracePeriodMs: 30_000,
  podRetentionMs: 0,
  progressDeadlineMs: 600_000,
  ...own,
});

export const statWith = (own: Partial<Stat> = {}): Stat => ({
  podName: 'pod',
  averageConcurrentRequests: 0,
  averageProxiedConcurrentRequests: 0,
  requestCount: 0,
  proxiedRequestCount: 0,
  processUptime: 0,
  timestamp: 0,
  ...own,
});

/** A clock that moves only when told to. */
export function steppedClock(at = 1_700_000_000_000): Clock & { step(ms: number): void } {
  let now = at;
  return {
    now: () => now,
    step: (ms) => {
      now += ms;
    },
  };
}
