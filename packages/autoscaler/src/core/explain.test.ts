import { expect, test } from 'vitest';
import { specWith } from '../testing.ts';
import { decide, initialState, type Observation, type State } from './decide.ts';
import { explain } from './explain.ts';
import { bound } from './scale.ts';
import type { Spec } from './spec.ts';

const now = 1_700_000_000_000;

/** What is said of one decision, bounds included. */
function said(own: Partial<Spec>, seen: Observation, before: Partial<State> = {}): string {
  const spec = specWith(own);
  const [, made] = decide(spec, { ...initialState(spec, 0, now), ...before }, seen, now);
  return explain(spec, { ...made, ...seen }, bound(spec, made.desired, true).clamped);
}

test.each<[string, Partial<Spec>, Observation, Partial<State>?]>([
  ['stable: 4 for 34.25 at 10 a pod', {}, { readyPods: 3, stable: 34.251, panic: 30 }],
  ['panic: 34 ≥ 2× of 12; capped by max-scale 10', { maxScale: 10 }, { readyPods: 12, stable: 100, panic: 340 }],
  [
    'panic lasts: 1 < 2× of 8; no less than 1/2 of 8 by max-scale-down-rate; no scale-down in panic',
    {},
    { readyPods: 8, stable: 1, panic: 1 },
    { panicSince: now, peak: 8 },
  ],
  [
    'stable: 9 for 90 at 10 a pod; held back to 2× of 3 by max-scale-up-rate',
    { maxScaleUpRate: 2, panicThreshold: 10 },
    { readyPods: 3, stable: 90, panic: 90 },
  ],
  ['stable: 0 for 0 at 10 a pod; no less than 1/2 of 8 by max-scale-down-rate', {}, { readyPods: 8, stable: 0, panic: 0 }],
  ['stable: 1 for 1 at 10 a pod; raised to activation-scale 5', { activationScale: 5 }, { readyPods: 1, stable: 1, panic: 1 }],
  [
    'stable: 5 for 50 at 10 a pod; scale-down-delay 6s; capped by max-scale 7',
    { scaleDownDelayMs: 6000, maxScale: 7 },
    { readyPods: 9, stable: 50, panic: 50 },
    { recent: [{ tick: Math.floor(now / 2000) - 1, desired: 9 }] },
  ],
  ['stable: 0 for 0 at 10 a pod; raised to min-scale 3', { minScale: 3 }, { readyPods: 1, stable: 0, panic: 0 }],
  ['jump to 34 in flight; panic: 4 ≥ 2× of 1', {}, { readyPods: 1, stable: 34, panic: 34, jump: true }],
  ['no data: the last decision holds', {}, { readyPods: 1 }, { desired: 1 }],
])('%s', (text, own, seen, before) => {
  expect(said(own, seen, before)).toBe(text);
});
