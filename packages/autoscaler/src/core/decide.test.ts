import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { specWith } from '../testing.ts';
import { activatorsFor, changed, decide, initialState, type Observation, type State, tickMs } from './decide.ts';
import type { Spec } from './spec.ts';

const now = 1_700_000_000_000;
const calm = (own: Partial<State> = {}): State => ({ desired: 1, excessBurstCapacity: 0, peak: 0, recent: [], ...own });
const once = (spec: Partial<Spec>, seen: Observation, state = calm()) => decide(specWith(spec), state, seen, now)[1];

describe('steps 1 to 3: rates, rounding, activation scale', () => {
  test.each<[string, Partial<Spec>, Observation, number]>([
    ['no load', {}, { readyPods: 1, stable: 0, panic: 0 }, 0],
    ['rounds up', {}, { readyPods: 1, stable: 10.1, panic: 10.1 }, 2],
    ['exactly on target', {}, { readyPods: 2, stable: 20, panic: 20 }, 2],
    ['up by the rate at most', { maxScaleUpRate: 2 }, { readyPods: 3, stable: 1000, panic: 0 }, 6],
    ['from zero pods the rate counts from one', { maxScaleUpRate: 3 }, { readyPods: 0, stable: 1000, panic: 0 }, 3],
    ['down by the rate at most', {}, { readyPods: 9, stable: 0, panic: 0 }, 4],
    ['unreachable: down at once', { reachable: false }, { readyPods: 9, stable: 0, panic: 0 }, 0],
    ['activation scale', { activationScale: 5 }, { readyPods: 0, stable: 1, panic: 1 }, 5],
    ['activation scale, above the rate', { activationScale: 5, maxScaleUpRate: 2 }, { readyPods: 1, stable: 1, panic: 1 }, 5],
    ['activation scale asks for load', { activationScale: 5 }, { readyPods: 0, stable: 0, panic: 0 }, 0],
  ])('%s', (_, spec, seen, desired) => {
    expect(once(spec, seen)).toMatchObject({ valid: true, desired });
  });
});

describe('steps 4 and 5: panic', () => {
  const spec = specWith();
  test('begins when the panic average asks for twice the pods, and takes the higher of both', () => {
    const [state, made] = decide(spec, calm(), { readyPods: 2, stable: 10, panic: 39.9 }, now);
    expect(made).toMatchObject({ panicking: true, desired: 4 });
    expect(state).toMatchObject({ panicSince: now, peak: 4 });
    expect(once({}, { readyPods: 2, stable: 10, panic: 30 })).toMatchObject({ panicking: false, desired: 1 });
  });
  test('the threshold is met by what is wanted before the rates', () => {
    expect(once({ maxScaleUpRate: 1.1 }, { readyPods: 1, stable: 0, panic: 100 })).toMatchObject({ panicking: true, desired: 2 });
  });
  test('never decreases while it lasts, and ends a stable window after its last reason', () => {
    let state = calm({ panicSince: now, peak: 8 });
    let made: ReturnType<typeof decide>[1];
    [state, made] = decide(spec, state, { readyPods: 8, stable: 0, panic: 0 }, now + 60_000);
    expect(made).toMatchObject({ panicking: true, desired: 8 });
    [state, made] = decide(spec, state, { readyPods: 8, stable: 0, panic: 0 }, now + 60_001);
    expect(made).toMatchObject({ panicking: false, desired: 4 });
    expect(state).toMatchObject({ panicSince: undefined, peak: 0 });
  });
  test('a reason while it lasts begins the window anew', () => {
    const [state] = decide(spec, calm({ panicSince: now, peak: 2 }), { readyPods: 1, stable: 0, panic: 20 }, now + 59_000);
    expect(state.panicSince).toBe(now + 59_000);
  });
});

describe('step 6: scale-down-delay', () => {
  const spec = specWith({ scaleDownDelayMs: 6_000 });
  const after = (state: State, ticks: number, stable: number, own: Partial<Spec> = {}) =>
    decide({ ...spec, ...own }, state, { readyPods: 10, stable, panic: 0 }, now + ticks * tickMs);
  test('a lower decision must hold for so many ticks', () => {
    let [state, made] = after(calm(), 0, 100);
    const seen: number[] = [];
    for (const tick of [1, 2, 3]) {
      [state, made] = after(state, tick, 50);
      seen.push(made.desired);
    }
    expect(seen).toEqual([10, 10, 5]);
  });
  test('pokes between ticks neither shorten it nor grow what is remembered', () => {
    let [state, made] = after(calm(), 0, 100);
    for (let i = 1; i < 100; i++) [state, made] = after(state, i / 100, 50);
    expect(made.desired).toBe(10);
    expect(state.recent.length).toBeLessThanOrEqual(2);
  });
  test('unreachable: not at all', () => {
    const [state] = after(calm(), 0, 100);
    expect(after(state, 1, 50, { reachable: false })[1].desired).toBe(5);
  });
});

describe('steps 7 and 8: burst capacity, no data', () => {
  test.each<[string, Partial<Spec>, Observation, number]>([
    ['0 is 0', { targetBurstCapacity: 0 }, { readyPods: 5, stable: 1, panic: 1 }, 0],
    ['-1 is -1', { targetBurstCapacity: -1 }, { readyPods: 5, stable: 1, panic: 1 }, -1],
    ['capacity minus burst minus load, rounded down', { targetBurstCapacity: 20 }, { readyPods: 5, stable: 1, panic: 1.5 }, 28],
    ['true ready pods, 0 of them allowed', { targetBurstCapacity: 20 }, { readyPods: 0, stable: 1, panic: 1 }, -21],
  ])('%s', (_, spec, seen, excessBurstCapacity) => {
    expect(once(spec, seen)).toMatchObject({ excessBurstCapacity });
  });
  test('no data: the last decision stays', () => {
    const before = calm({ desired: 7, excessBurstCapacity: 3, panicSince: now, peak: 7 });
    const [state, made] = decide(specWith(), before, { readyPods: 3 }, now);
    expect(state).toBe(before);
    expect(made).toMatchObject({ valid: false, desired: 7, excessBurstCapacity: 3, panicking: true });
  });
});

test.each<[string, Partial<Spec>, number, Partial<State>]>([
  [
    'one pod: calm',
    { targetBurstCapacity: 211, initialScale: 3 },
    1,
    { desired: -1, excessBurstCapacity: -181, panicSince: undefined, peak: 0 },
  ],
  ['more pods: in panic, so that nothing is taken away', {}, 4, { desired: -1, panicSince: now, peak: 4 }],
  ['burst capacity 0', { targetBurstCapacity: 0 }, 0, { excessBurstCapacity: 0 }],
  ['burst capacity -1', { targetBurstCapacity: -1 }, 0, { excessBurstCapacity: -1 }],
])('a new decider, %s', (_, spec, readyPods, state) => {
  expect(initialState(specWith(spec), readyPods, now)).toMatchObject(state);
});

test('a change is another scale, or another sign of the burst capacity, where 0 is positive', () => {
  const at = (desired: number, excessBurstCapacity: number) => calm({ desired, excessBurstCapacity });
  expect(changed(at(1, 5), at(2, 5))).toBe(true);
  expect(changed(at(1, 5), at(1, -1))).toBe(true);
  expect(changed(at(1, 0), at(1, 9))).toBe(false);
  expect(changed(at(1, -1), at(1, -9))).toBe(false);
});

test.each<[Partial<Spec>, number, number]>([
  [{ targetBurstCapacity: 0, totalValue: 100 }, 50, 2],
  [{ targetBurstCapacity: -1, totalValue: 100 }, 5, 5],
  [{ targetBurstCapacity: 211, totalValue: 100 }, 0, 3],
  [{ targetBurstCapacity: 10, totalValue: 1 }, 0, 2],
])('activators for %j with %i pods: %i', (spec, readyPods, n) => {
  expect(activatorsFor(specWith(spec), readyPods)).toBe(n);
});

describe('always', () => {
  const specs = fc.record({
    targetValue: fc.double({ min: 0.01, max: 200, noNaN: true }),
    maxScaleUpRate: fc.double({ min: 1.01, max: 1000, noNaN: true }),
    maxScaleDownRate: fc.double({ min: 1.01, max: 10, noNaN: true }),
    activationScale: fc.integer({ min: 0, max: 5 }),
    reachable: fc.boolean(),
  });
  const load = fc.double({ min: 0, max: 10_000, noNaN: true });
  const pods = fc.integer({ min: 0, max: 500 });
  test('more load never asks for fewer pods', () => {
    fc.assert(
      fc.property(specs, load, load, load, pods, (spec, a, more, panic, readyPods) => {
        const at = (stable: number) => decide(specWith(spec), calm(), { readyPods, stable, panic }, now)[1].desired;
        expect(at(a + more)).toBeGreaterThanOrEqual(at(a));
      }),
    );
  });
  test('within the rates, unless the activation scale asks for more', () => {
    fc.assert(
      fc.property(specs, load, load, pods, (spec, stable, panic, readyPods) => {
        const { desired } = decide(specWith(spec), calm(), { readyPods, stable, panic }, now)[1];
        const ready = Math.max(1, readyPods);
        expect(desired).toBeGreaterThanOrEqual(spec.reachable ? Math.floor(ready / spec.maxScaleDownRate) : 0);
        expect(desired).toBeLessThanOrEqual(Math.max(Math.ceil(ready * spec.maxScaleUpRate), spec.activationScale));
      }),
    );
  });
  test('a panic never scales down', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(load, load, pods), { maxLength: 30 }), (seen) => {
        let state: State = calm();
        for (const [i, [stable, panic, readyPods]] of seen.entries()) {
          const [next] = decide(specWith(), state, { readyPods, stable, panic }, now + i * tickMs);
          if (state.panicSince !== undefined && next.panicSince !== undefined) expect(next.desired).toBeGreaterThanOrEqual(state.desired);
          state = next;
        }
      }),
    );
  });
});
