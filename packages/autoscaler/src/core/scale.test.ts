import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { specWith, steppedClock } from '../testing.ts';
import { type Scaled, type ScaleInput, scale } from './scale.ts';
import type { Spec } from './spec.ts';

const at = (own: Partial<ScaleInput> = {}): ScaleInput => ({
  desired: 1,
  replicas: 1,
  active: 'True',
  activeForMs: 3_600_000,
  observedForMs: 3_600_000,
  initialized: true,
  sksMode: 'Proxy',
  proxyForMs: 3_600_000,
  activatorAnswers: true,
  ...own,
});

describe('bounds', () => {
  test.each<[string, Partial<Spec>, Partial<ScaleInput>, Scaled]>([
    ['no decision, not activating: nothing', { minScale: 3 }, { desired: -1 }, { want: -1 }],
    ['as it is', {}, {}, { want: 1 }],
    ['up', {}, { desired: 4 }, { want: 4, apply: 4 }],
    ['min-scale', { minScale: 3 }, { desired: 0 }, { want: 3, apply: 3, clamped: 'min-scale' }],
    [
      'min-scale while activating, no decision',
      { minScale: 3 },
      { desired: -1, active: 'Unknown' },
      { want: 3, apply: 3, clamped: 'min-scale' },
    ],
    ['min-scale does not count when unreachable', { minScale: 3, reachable: false }, { desired: 2 }, { want: 2, apply: 2 }],
    ['max-scale', { maxScale: 5 }, { desired: 9 }, { want: 5, apply: 5, clamped: 'max-scale' }],
    [
      'initial-scale until initialized',
      { initialScale: 4 },
      { desired: 1, initialized: false },
      { want: 4, apply: 4, clamped: 'initial-scale' },
    ],
    ['initial-scale is over afterwards', { initialScale: 4 }, { desired: 1 }, { want: 1 }],
    ['initial-scale does not count when unreachable', { initialScale: 4, reachable: false }, { initialized: false }, { want: 1 }],
    ['initial-scale 1 holds nothing', { initialScale: 1 }, { desired: 2, initialized: false }, { want: 2, apply: 2 }],
  ])('%s', (_, spec, input, expected) => {
    expect(scale(specWith(spec), at(input))).toEqual(expected);
  });
});

describe('zero, row by row', () => {
  test.each<[string, Partial<Spec>, Partial<ScaleInput>, Scaled]>([
    ['switched off', { enableScaleToZero: false }, { replicas: 2 }, { want: 1, apply: 1 }],
    ['activating: wait', {}, { active: 'Unknown', activeForMs: 10_000 }, { want: -1, requeueAfterMs: 620_001 }],
    ['activating for too long', {}, { active: 'Unknown', activeForMs: 630_001 }, { want: 0, apply: 0 }],
    ['activating for too long, at zero', {}, { active: 'Unknown', activeForMs: 630_001, replicas: 0 }, { want: 0 }],
    ['active for less than the window', {}, { activeForMs: 20_000 }, { want: 1, requeueAfterMs: 40_000 }],
    ['watched for less than the window', {}, { observedForMs: 2_000 }, { want: 1, requeueAfterMs: 58_000 }],
    ['active long enough', {}, { sksMode: 'Serve' }, { want: 0 }],
    ['active long enough, in Proxy already', {}, {}, { want: 0, requeueAfterMs: 3_000 }],
    ['inactive, at zero', {}, { active: 'False', replicas: 0, activatorAnswers: false }, { want: 0 }],
    ['inactive, the activator does not answer', {}, { active: 'False', activatorAnswers: false }, { want: 0, requeueAfterMs: 1_000 }],
    [
      '… but is not asked with burst capacity -1',
      { targetBurstCapacity: -1 },
      { active: 'False', activatorAnswers: false },
      { want: 0, apply: 0 },
    ],
    ['inactive for the grace period', {}, { active: 'False', activeForMs: 30_000, proxyForMs: undefined }, { want: 0, apply: 0 }],
    ['retention', { podRetentionMs: 60_000 }, { active: 'False', activeForMs: 20_000 }, { want: 0, requeueAfterMs: 40_000 }],
    ['retention is over', { podRetentionMs: 60_000 }, { active: 'False', activeForMs: 60_000 }, { want: 0, apply: 0 }],
    ['proxied for the grace period: at once', {}, { active: 'False', activeForMs: 0 }, { want: 0, apply: 0 }],
    ['proxied for less', {}, { active: 'False', activeForMs: 5_000, proxyForMs: 12_000 }, { want: 0, requeueAfterMs: 18_000 }],
    [
      'not proxied: never later than the grace period',
      {},
      { active: 'False', activeForMs: 5_000, proxyForMs: undefined },
      { want: 0, requeueAfterMs: 25_000 },
    ],
  ])('%s', (_, spec, input, expected) => {
    expect(scale(specWith(spec), at({ desired: 0, ...input }))).toEqual(expected);
  });
});

/** One pod, the last request just ended: when is it idle, and when gone? Seconds; whoever asks to be asked again is. */
function wayOut(own: Partial<Spec>, alwaysProxied: boolean): { idle: number; gone: number } {
  const spec = specWith(own);
  const clock = steppedClock();
  const start = clock.now();
  const seconds = () => (clock.now() - start) / 1000;
  const state = {
    active: 'True' as 'True' | 'False',
    activeSince: start - 3_600_000,
    proxySince: alwaysProxied ? start - 3_600_000 : undefined,
  };
  let idle = -1;
  for (let i = 0; i < 1000; i++) {
    const desired = clock.now() - start < spec.stableWindowMs ? 1 : 0;
    const proxyForMs = state.proxySince === undefined ? undefined : clock.now() - state.proxySince;
    const sksMode = state.proxySince === undefined ? 'Serve' : 'Proxy';
    const out = scale(spec, at({ desired, active: state.active, activeForMs: clock.now() - state.activeSince, sksMode, proxyForMs }));
    if (out.apply === 0) return { idle, gone: seconds() };
    if (out.want === 0 && state.active === 'True') {
      idle = seconds();
      Object.assign(state, { active: 'False', activeSince: clock.now(), proxySince: state.proxySince ?? clock.now() });
      continue;
    }
    clock.step(out.requeueAfterMs ?? 2_000);
  }
  throw new Error('never at zero');
}

test.each<[string, Partial<Spec>, boolean, { idle: number; gone: number }]>([
  ['always proxied: gone as it idles', { targetBurstCapacity: 211 }, true, { idle: 60, gone: 60 }],
  ['served: a grace period later', { targetBurstCapacity: 0 }, false, { idle: 60, gone: 90 }],
  ['retained', { podRetentionMs: 120_000 }, true, { idle: 60, gone: 180 }],
  ['retained for less than the grace period', { podRetentionMs: 10_000 }, false, { idle: 60, gone: 90 }],
])('the way out, %s', (_, spec, proxied, times) => {
  expect(wayOut(spec, proxied)).toEqual(times);
});

test('never below min-scale nor above max-scale, and monotone in what is decided', () => {
  const bounds = fc.tuple(fc.integer({ min: 0, max: 10 }), fc.integer({ min: 0, max: 10 }));
  const input = fc.record({
    replicas: fc.integer({ min: 0, max: 30 }),
    active: fc.constantFrom('True', 'False', 'Unknown'),
    activeForMs: fc.integer({ min: 0, max: 1_000_000 }),
    observedForMs: fc.integer({ min: 0, max: 1_000_000 }),
    initialized: fc.boolean(),
    activatorAnswers: fc.boolean(),
  });
  fc.assert(
    fc.property(bounds, input, fc.integer({ min: 0, max: 40 }), fc.integer({ min: 0, max: 40 }), ([min, more], given, a, b) => {
      const spec = specWith({ minScale: min, maxScale: more === 0 ? 0 : min + more });
      const wanted = (desired: number) => scale(spec, at({ ...given, active: given.active as ScaleInput['active'], desired }));
      const { want, apply } = wanted(a);
      if (want >= 0 && min > 0) expect(want).toBeGreaterThanOrEqual(min);
      if (apply !== undefined) expect(apply).toBeGreaterThanOrEqual(min);
      if (spec.maxScale > 0) expect(Math.max(want, apply ?? 0)).toBeLessThanOrEqual(spec.maxScale);
      expect(apply).not.toBe(given.replicas);
      expect(wanted(a + b).want).toBeGreaterThanOrEqual(want);
    }),
  );
});
