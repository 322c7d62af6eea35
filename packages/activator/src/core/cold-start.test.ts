import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { ColdStart, phases, stepsOf, type Waterfall } from './cold-start.ts';

describe('a cold start', () => {
  test('keeps the first time of each phase, since its first request', () => {
    const cold = new ColdStart(1_000_000);
    cold.mark('poked', 1_000_000.4);
    cold.mark('probed', 1_000_812);
    cold.mark('probed', 1_000_999);
    expect(cold.waterfall).toEqual({ held: 0, poked: 0, probed: 812 });
  });

  test('takes what was before its first request, a pod on its way already, as there from the beginning', () => {
    const cold = new ColdStart(1_000);
    cold.mark('started', 900);
    expect(cold.waterfall.started).toBe(0);
  });
});

describe('its steps', () => {
  test('are in the order of their times, and end with the first byte', () => {
    const waterfall = {
      held: 0,
      poked: 0,
      scaled: 9,
      started: 690,
      announced: 750,
      sandbox: 375,
      firstByte: 830,
      probed: 820,
      addressed: 901,
    };
    expect(stepsOf(waterfall)).toEqual([
      { phase: 'held', at: 0, took: 0 },
      { phase: 'poked', at: 0, took: 0 },
      { phase: 'scaled', at: 9, took: 9 },
      { phase: 'sandbox', at: 375, took: 366 },
      { phase: 'started', at: 690, took: 315 },
      { phase: 'announced', at: 750, took: 60 },
      { phase: 'probed', at: 820, took: 70 },
      { phase: 'firstByte', at: 830, took: 10 },
    ]);
  });

  test('add up to the first byte, whatever came in which order', () => {
    const times = fc.record(Object.fromEntries(phases.map((phase) => [phase, fc.nat(5_000)])), { requiredKeys: ['firstByte'] });
    fc.assert(
      fc.property(times, (some) => {
        const waterfall: Waterfall = { ...some, held: 0 };
        const steps = stepsOf(waterfall);
        expect(steps.reduce((sum, { took }) => sum + took, 0)).toBe(waterfall.firstByte);
        expect(steps.every(({ took }) => took >= 0)).toBe(true);
        for (const { phase, at } of steps) expect(at).toBe(waterfall[phase]);
        expect(new Set(steps.map((s) => s.phase)).size).toBe(steps.length);
      }),
    );
  });
});
