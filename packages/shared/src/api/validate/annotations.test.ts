import { describe, expect, test } from 'vitest';
import { apiConfig } from '../../testing/api-context.ts';
import { validateAutoscaling, validateNetworking, validateNoAutoscaling, validateQueueSidecar, validateSeconds } from './annotations.ts';
import { errorText, warningLines } from './field-error.ts';

const told = (values: Record<string, string>, autoscaler: Record<string, string> = {}) => {
  const annotations = Object.fromEntries(Object.entries(values).map(([k, v]) => [`autoscaling.knative.dev/${k}`, v]));
  const text = errorText(validateAutoscaling(annotations, apiConfig({ autoscaler })['config-autoscaler']));
  return text.replaceAll('autoscaling.knative.dev/', '');
};

describe('autoscaling annotations', () => {
  test.each<[string, string[], [string, string][]]>([
    ['class', ['kpa.autoscaling.knative.dev', 'mine'], [['x.knative.dev', 'invalid value: x.knative.dev: class']]],
    [
      'min-scale',
      ['0', '2147483647'],
      [
        ['x', 'invalid value: x: min-scale'],
        ['-1', 'expected 0 <= -1 <= 2147483647: min-scale'],
        ['1.5', 'invalid value: 1.5: min-scale'],
      ],
    ],
    ['minScale', ['1'], [['x', 'invalid value: x: minScale']]],
    [
      'max-scale',
      ['0', '10'],
      [
        ['', 'invalid value: : max-scale'],
        ['2147483648', 'expected 0 <= 2147483648 <= 2147483647: max-scale'],
      ],
    ],
    [
      'initial-scale',
      ['1'],
      [
        ['x', 'invalid value: x: initial-scale'],
        ['-1', 'invalid value: -1: initial-scale must be greater than 0'],
        ['0', 'invalid value: 0: initial-scale=0 not allowed by cluster'],
      ],
    ],
    [
      'activation-scale',
      ['2'],
      [
        ['x', 'invalid value: x: activation-scale'],
        ['1', 'activation-scale=1 must be greater than 1: activation-scale'],
      ],
    ],
    [
      'target',
      ['0.01', '100'],
      [
        ['0', 'target 0 should be at least 0.01: target'],
        ['x', 'invalid value: x: target'],
      ],
    ],
    ['target-utilization-percentage', ['1', '100'], [['0', 'expected 1 <= 0 <= 100: target-utilization-percentage']]],
    ['target-burst-capacity', ['-1', '0', '7.5'], [['-2', 'invalid value: -2: target-burst-capacity']]],
    [
      'window',
      ['6s', '1h'],
      [
        ['5s', 'expected 6s <= 5s <= 1h0m0s: window'],
        ['6.5s', 'must be specified with at most second precision: window'],
        ['6', 'invalid value: 6: window'],
      ],
    ],
    ['panic-window-percentage', ['1', '100'], [['0.5', 'expected 1 <= 0.5 <= 100: panic-window-percentage']]],
    ['panic-threshold-percentage', ['110', '1000'], [['109', 'expected 110 <= 109 <= 1000: panic-threshold-percentage']]],
    [
      'scale-down-delay',
      ['0s', '1h'],
      [
        ['61m', 'expected 0s <= 61m <= 1h0m0s: scale-down-delay'],
        ['1.5s', 'must be specified with at most second precision: scale-down-delay'],
      ],
    ],
    ['scale-to-zero-pod-retention-period', ['1.5s'], [['-1s', 'expected 0s <= -1s <= 1h0m0s: scale-to-zero-pod-retention-period']]],
    ['metric', ['concurrency', 'rps'], [['cpu', 'invalid value: cpu: metric']]],
    ['metric-aggregation-algorithm', ['anything'], []],
  ])('%s', (key, good, bad) => {
    for (const value of good) expect(told({ [key]: value }), value).toBe('');
    for (const [value, text] of bad) expect(told({ [key]: value }), value).toBe(text);
  });

  test('depend on each other', () => {
    expect(told({ 'min-scale': '3', 'max-scale': '2' })).toBe('max-scale=2 is less than min-scale=3: max-scale, min-scale');
    expect(told({ 'min-scale': '3', 'max-scale': '0' })).toBe('');
    expect(told({ 'min-scale': '3', 'activation-scale': '2' })).toBe('min-scale=3 is greater than activation-scale=2: activation-scale');
    expect(told({ 'max-scale': '3', 'activation-scale': '4' })).toBe('max-scale=3 is less than activation-scale=4: activation-scale');
    expect(told({ class: 'hpa.autoscaling.knative.dev', metric: 'cpu' })).toBe('');
    expect(told({ class: 'hpa.autoscaling.knative.dev', metric: '' })).toBe('invalid value: : metric');
    expect(told({ class: 'mine', metric: '' })).toBe('');
    expect(told({ class: 'kpa.autoscaling.knative.dev', 'metric-aggregation-algorithm': 'x' })).toBe(
      'invalid value: x: metric-aggregation-algorithm',
    );
  });

  test('depend on the cluster', () => {
    const limit = { 'max-scale-limit': '5', 'max-scale': '5' };
    expect(told({ 'max-scale': '6' }, limit)).toBe('expected 1 <= 6 <= 5: max-scale');
    expect(told({ 'max-scale': '0' }, limit)).toBe('max-scale=0 (unlimited), must be less than 5: max-scale');
    expect(told({ 'initial-scale': '0' }, { 'allow-zero-initial-scale': 'true' })).toBe('');
  });
});

describe('other annotations', () => {
  test('autoscaling ones do not belong on the outside', () => {
    expect(errorText(validateNoAutoscaling({ 'autoscaling.knative.dev/min-scale': '1', other: 'x' }))).toBe(
      'invalid key name "autoscaling.knative.dev/min-scale": \nautoscaling annotations must be put under "spec.template.metadata.annotations" to work',
    );
  });

  test.each([
    ['10s', ''],
    ['0s', ''],
    ['x', 'invalid value: x: serving.knative.dev/progress-deadline'],
    ['1.5s', 'progress-deadline=1.5s is not at second precision: serving.knative.dev/progress-deadline'],
    ['-1s', 'progress-deadline=-1s must be positive: serving.knative.dev/progress-deadline'],
  ])('progress-deadline %s', (value, text) => {
    expect(errorText(validateSeconds({ 'serving.knative.dev/progress-deadline': value }, 'progressDeadline', 'progress-deadline'))).toBe(
      text,
    );
  });

  test('networking ones are known or misspelt', () => {
    expect(validateNetworking({ 'networking.knative.dev/ingress.class': 'x', 'networking.knative.dev/http-protocol': 'x' })).toEqual([]);
    expect(errorText(validateNetworking({ 'networking.knative.dev/ingresclass': 'x' }))).toBe(
      'invalid key name "networking.knative.dev/ingresclass": ',
    );
  });

  test('those of queue-proxy are quantities; the percentage is old', () => {
    const prefix = 'queue.sidecar.serving.knative.dev/';
    expect(errorText(validateQueueSidecar({ [`${prefix}cpu-resource-request`]: '25m' }))).toBe('');
    expect(errorText(validateQueueSidecar({ [`${prefix}cpu-resource-request`]: 'x' }))).toBe(
      `invalid value: x: [${prefix}cpu-resource-request]`,
    );
    const share = validateQueueSidecar({ [`${prefix}resource-percentage`]: '200' });
    expect(errorText(share)).toBe(`expected 0.1 <= 200 <= 100: [${prefix}resource-percentage]`);
    expect(warningLines(share)[0]).toMatch(/^Queue proxy resource percentage annotation is deprecated\./);
  });
});
