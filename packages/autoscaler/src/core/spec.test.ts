import type { PodAutoscaler } from '@ebb/shared/api/kinds.ts';
import { configTables } from '@ebb/shared/config/tables.ts';
import { expect, test } from 'vitest';
import { type Spec, specOf } from './spec.ts';

interface Given {
  annotations?: Record<string, string>;
  spec?: Partial<PodAutoscaler['spec']>;
  config?: Record<string, string>;
}

const scaling = (values: Record<string, string>) =>
  Object.fromEntries(Object.entries(values).map(([k, v]) => [`autoscaling.knative.dev/${k}`, v]));

function read({ annotations = {}, spec = {}, config = {} }: Given): Spec {
  const pa: PodAutoscaler = {
    apiVersion: 'autoscaling.internal.knative.dev/v1alpha1',
    kind: 'PodAutoscaler',
    metadata: { name: 'one', namespace: 'default', annotations },
    spec: { containerConcurrency: 0, scaleTargetRef: { name: 'one-deployment' }, protocolType: 'http1', ...spec },
  };
  const deployment = configTables['config-deployment'].parse({ 'queue-sidecar-image': 'queue' });
  return specOf(pa, configTables['config-autoscaler'].parse(config), deployment);
}

test.each<[string, Given, Partial<Spec>]>([
  [
    'the defaults',
    {},
    {
      metric: 'concurrency',
      targetValue: 70,
      totalValue: 100,
      targetBurstCapacity: 211,
      stableWindowMs: 60_000,
      panicWindowMs: 6_000,
      panicThreshold: 2,
      initialScale: 1,
      reachable: true,
      progressDeadlineMs: 600_000,
    },
  ],
  ['containerConcurrency is the target', { spec: { containerConcurrency: 10 } }, { targetValue: 7, totalValue: 10 }],
  [
    'target, at most containerConcurrency',
    { spec: { containerConcurrency: 10 }, annotations: scaling({ target: '50' }) },
    { totalValue: 10 },
  ],
  ['target below it', { spec: { containerConcurrency: 10 }, annotations: scaling({ target: '5' }) }, { totalValue: 5, targetValue: 3.5 }],
  ['target without it', { annotations: scaling({ target: '500' }) }, { totalValue: 500, targetValue: 350 }],
  ['utilization', { annotations: scaling({ target: '10', 'target-utilization-percentage': '50' }) }, { targetValue: 5 }],
  ['never below 0.01', { annotations: scaling({ target: '0.01', 'target-utilization-percentage': '1' }) }, { targetValue: 0.01 }],
  [
    'rps: 200 at 70 %, whatever containerConcurrency',
    { spec: { containerConcurrency: 10 }, annotations: scaling({ metric: 'rps' }) },
    { metric: 'rps', totalValue: 200, targetValue: 140 },
  ],
  [
    'rps: its utilization is no setting',
    { config: { 'container-concurrency-target-percentage': '50' }, annotations: scaling({ metric: 'rps' }) },
    { targetValue: 140 },
  ],
  [
    'window, and panic as whole seconds of it',
    { annotations: scaling({ window: '15s' }) },
    { stableWindowMs: 15_000, panicWindowMs: 2_000 },
  ],
  [
    'a panic window is a second at least',
    { annotations: scaling({ window: '6s', 'panic-window-percentage': '1' }) },
    { panicWindowMs: 1_000 },
  ],
  ['kebab case wins', { annotations: scaling({ minScale: '2', 'min-scale': '3' }) }, { minScale: 3 }],
  ['camel case alone', { annotations: scaling({ maxScale: '2' }) }, { maxScale: 2 }],
  ['the annotation says: no limit', { annotations: scaling({ 'max-scale': '0' }), config: { 'max-scale': '5' } }, { maxScale: 0 }],
  ['initial-scale 0 where it is not allowed', { annotations: scaling({ 'initial-scale': '0' }) }, { initialScale: 1 }],
  [
    'initial-scale 0 where it is',
    { annotations: scaling({ 'initial-scale': '0' }), config: { 'allow-zero-initial-scale': 'true' } },
    { initialScale: 0 },
  ],
  ['retention', { annotations: scaling({ 'scale-to-zero-pod-retention-period': '1m' }) }, { podRetentionMs: 60_000 }],
  [
    'no retention when unreachable',
    { spec: { reachability: 'Unreachable' }, annotations: scaling({ 'scale-to-zero-pod-retention-period': '1m' }) },
    { podRetentionMs: 0, reachable: false },
  ],
  ['weighted', { annotations: scaling({ 'metric-aggregation-algorithm': 'weightedExponential' }) }, { algorithm: 'weighted-exponential' }],
  ['progress deadline', { annotations: { 'serving.knative.dev/progress-deadline': '10s' } }, { progressDeadlineMs: 10_000 }],
  [
    'what cannot be read is as if it were not there',
    { annotations: scaling({ window: 'soon', target: 'x' }) },
    { stableWindowMs: 60_000, totalValue: 100 },
  ],
])('%s', (_, given, expected) => {
  expect(read(given)).toMatchObject(expected);
});
