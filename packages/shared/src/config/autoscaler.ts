import { kpaClass } from '../api/system.ts';
import { formatDuration } from '../lib/duration.ts';
import { formatFloat, type Reading, readRows, row } from './row.ts';

/** config-autoscaler (contract control-plane 6.4, data-plane 3.1). Fields ending in Ms are milliseconds. */
export const autoscalerRows = {
  concurrencyTargetPercentage: row.float(
    'container-concurrency-target-percentage',
    '70',
    'How much of the target concurrency a pod is aimed at; above 1 it is a percentage.',
  ),
  concurrencyTargetDefault: row.float(
    'container-concurrency-target-default',
    '100',
    'Target concurrency of revisions without a containerConcurrency.',
  ),
  rpsTargetDefault: row.float('requests-per-second-target-default', '200', 'Target requests per second of revisions scaled by rps.'),
  targetBurstCapacity: row.float(
    'target-burst-capacity',
    '211',
    'Burst a revision absorbs without the activator; 0: never buffer, -1: the activator stays in the path.',
  ),
  stableWindowMs: row.duration('stable-window', '60s', 'The window averages are taken over.'),
  panicWindowPercentage: row.float('panic-window-percentage', '10', 'The panic window as a percentage of the stable window.'),
  panicThresholdPercentage: row.float(
    'panic-threshold-percentage',
    '200',
    'Load over present capacity, in percent, at which panic begins.',
  ),
  maxScaleUpRate: row.float('max-scale-up-rate', '1000', 'The most that one decision multiplies the ready pods by.'),
  maxScaleDownRate: row.float('max-scale-down-rate', '2', 'The most that one decision divides the ready pods by.'),
  enableScaleToZero: row.bool('enable-scale-to-zero', 'true', 'Whether idle revisions go to zero.'),
  scaleToZeroGracePeriodMs: row.duration(
    'scale-to-zero-grace-period',
    '30s',
    'How long the activator is in the path before the last pod goes.',
  ),
  podRetentionPeriodMs: row.duration(
    'scale-to-zero-pod-retention-period',
    '0s',
    'How long the last pod stays at least after the decision to scale to zero.',
  ),
  podAutoscalerClass: row.text('pod-autoscaler-class', kpaClass, 'The class of revisions that name none.'),
  activatorCapacity: row.float('activator-capacity', '100', 'Concurrent requests one activator is good for.'),
  initialScale: row.int32('initial-scale', '1', 'Pods a new revision must have before it is ready.'),
  allowZeroInitialScale: row.bool('allow-zero-initial-scale', 'false', 'Whether initial-scale may be 0.'),
  minScale: row.int32('min-scale', '0', 'Least pods of revisions that do not say.'),
  maxScale: row.int32('max-scale', '0', 'Most pods of revisions that do not say; 0: no limit.'),
  maxScaleLimit: row.int32('max-scale-limit', '0', 'Bound on what revisions may say; 0: none.'),
  scaleDownDelayMs: row.duration('scale-down-delay', '0s', 'How long a lower decision must hold before it is applied.'),
};

export type AutoscalerConfig = Reading<typeof autoscalerRows>;

/** Each bound with its text, in the order they are looked at: what must not be, and what is said when it is. */
function breaches(c: AutoscalerConfig): [boolean, string][] {
  const d = formatDuration;
  const f = formatFloat;
  const share = c.concurrencyTargetPercentage;
  const target = share * c.concurrencyTargetDefault;
  const wholeSeconds = (ms: number): boolean => ms % 1000 === 0;
  const least = c.maxScaleLimit > 0 ? 1 : 0;
  return [
    [c.scaleToZeroGracePeriodMs <= 0, `scale-to-zero-grace-period must be positive, was: ${d(c.scaleToZeroGracePeriodMs)}`],
    [c.scaleDownDelayMs < 0, `scale-down-delay cannot be negative, was: ${d(c.scaleDownDelayMs)}`],
    [!wholeSeconds(c.scaleDownDelayMs), `scale-down-delay = ${d(c.scaleDownDelayMs)}, must be specified with at most second precision`],
    [c.podRetentionPeriodMs < 0, `scale-to-zero-pod-retention-period cannot be negative, was: ${d(c.podRetentionPeriodMs)}`],
    [
      c.targetBurstCapacity < 0 && c.targetBurstCapacity !== -1,
      `target-burst-capacity must be either non-negative or -1 (for unlimited), was: ${c.targetBurstCapacity.toFixed(6)}`,
    ],
    [share <= 0 || share > 1, `container-concurrency-target-percentage = ${share.toFixed(6)} is outside of valid range of (0, 100]`],
    [
      target < 0.01,
      `container-concurrency-target-percentage and container-concurrency-target-default yield target concurrency of ${f(target)}, can't be less than 0.01`,
    ],
    [c.rpsTargetDefault < 0.01, `requests-per-second-target-default must be at least 0.01, was: ${f(c.rpsTargetDefault)}`],
    [c.activatorCapacity < 1, `activator-capacity = ${f(c.activatorCapacity)}, must be at least 1`],
    [c.maxScaleUpRate <= 1, `max-scale-up-rate = ${f(c.maxScaleUpRate)}, must be greater than 1.0`],
    [c.maxScaleDownRate <= 1, `max-scale-down-rate = ${f(c.maxScaleDownRate)}, must be greater than 1.0`],
    [c.stableWindowMs < 6_000 || c.stableWindowMs > 3_600_000, `stable-window = ${d(c.stableWindowMs)}, must be in [6s; 1h0m0s] range`],
    [!wholeSeconds(c.stableWindowMs), `stable-window = ${d(c.stableWindowMs)}, must be specified with at most second precision`],
    [
      c.panicWindowPercentage < 1 || c.panicWindowPercentage > 100,
      `panic-window-percentage = ${f(c.panicWindowPercentage)}, must be in [1, 100] interval`,
    ],
    [
      c.initialScale < 0 || (c.initialScale === 0 && !c.allowZeroInitialScale),
      `initial-scale = ${c.initialScale}, must be at least 0 (or at least 1 when allow-zero-initial-scale is false)`,
    ],
    [c.minScale < 0, `min-scale = ${c.minScale}, must be at least 0`],
    [
      c.maxScale < least || (c.maxScaleLimit > 0 && c.maxScale > c.maxScaleLimit),
      `max-scale = ${c.maxScale}, must be in [${least}, max-scale-limit(${c.maxScaleLimit})] range`,
    ],
    [c.maxScaleLimit < 0, `max-scale-limit = ${c.maxScaleLimit}, must be at least 0`],
    [c.maxScale > 0 && c.minScale > c.maxScale, `min-scale (${c.minScale}) must be less than max-scale (${c.maxScale})`],
  ];
}

/** Parses and bounds config-autoscaler; throws the contract's texts. */
export function parseAutoscaler(data: Record<string, string>): AutoscalerConfig {
  let c: AutoscalerConfig;
  try {
    c = readRows(autoscalerRows, data);
  } catch (e) {
    throw new Error(`failed to parse data: ${(e as Error).message}`);
  }
  // Up to 1 it is a share already.
  const share = c.concurrencyTargetPercentage;
  const read = { ...c, concurrencyTargetPercentage: share > 1 ? share / 100 : share };
  const breach = breaches(read).find(([broken]) => broken);
  if (breach) throw new Error(breach[1]);
  return read;
}
